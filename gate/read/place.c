/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/place.h"

#include <ctype.h>

/* Names of folders, or their last word: "frontendTests", "Catalog.FunctionalTests", "telemetry-docs". */
static const char aside_words[] =
	"test tests e2e doc docs example examples sample samples fixture fixtures mock "
	"mocks";

static const char aside_names[] =
	"__tests__ testing testdata documentation vendor vendored node_modules "
	"third_party thirdparty 3rdparty external genproto generated gen target dist "
	"hack scripts tools contrib benchmark benchmarks bench";

static const char homes[] = "src packages modules services apps microservices cmd";
static const char sure_homes[] = "services apps microservices cmd";

static const char wrappings[] =
	"src docker dockerfiles build package deploy deployment ci container containers "
	"deployments chart charts helm k8s kubernetes manifests templates kustomize";

/* Compared without '-', '_' and '.'. */
static const char loads[] =
	"load loadgen loadgenerator loadtest loadtester loadtesting loadsimulator "
	"locust k6 jmeter gatling trafficgenerator";

static const char infrastructure[] =
	"postgres postgresql postgis mysql mysqldb mariadb mongo mongodb redis valkey "
	"memcached cassandra couchdb dynamodb dynamodblocal cockroachdb mssql sqlserver "
	"neo4j clickhouse influxdb kafka zookeeper rabbitmq activemq nats pulsar "
	"mosquitto elasticsearch opensearch kibana logstash fluentd fluentbit filebeat "
	"prometheus alertmanager grafana loki tempo jaeger zipkin otelcollector "
	"opentelemetrycollector opentelemetrycollectorcontrib vault consul etcd minio "
	"localstack mailhog mailpit keycloak";

/* In the path of a manifest of Kubernetes; the second are whole names of folders. */
static const char *const deployment_words[] = { "k8s",   "kube",        "manifest",
	                                        "helm",  "kustom",      "deploy",
	                                        "chart", "statefulset", "rollout" };
static const char deployment_folders[] = "templates base overlays infra gitops clusters";

/* `words` are parted by blanks. */
static bool is_one_of(const char *name, size_t len, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		if (n == len && strncasecmp(words, name, len) == 0)
			return true;
		words += n + (words[n] == ' ');
	}
	return false;
}

/* As is_one_of, as if `name` had no '-', '_' and '.'. */
static bool is_plainly_one_of(const char *name, size_t len, const char *words)
{
	char plain[64];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (strchr("-_.", name[i]))
			continue;
		if (n == sizeof(plain))
			return false;
		plain[n++] = name[i];
	}
	return is_one_of(plain, n, words);
}

const char *gate_place_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *gate_place_parent(struct gate_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return gate_arena_copy(arena, path, slash ? (size_t)(slash - path) : 0);
}

/* Takes the last name off; false: there is none. */
static bool drop_name(char *path, size_t *len)
{
	if (!*len)
		return false;
	while (*len && path[*len - 1] != '/')
		(*len)--;
	*len -= *len > 0;
	return true;
}

int gate_place_join(char **out, struct gate_arena *arena, const char *from, struct gate_span rel,
                    struct gate_error *err)
{
	size_t len = strlen(from);
	char *path;

	if (rel.len && (*rel.bytes == '/' || memchr(rel.bytes, ':', rel.len) ||
	                memchr(rel.bytes, '\\', rel.len)))
		return GATE_ENOTFOUND;
	path = gate_arena_alloc(arena, len + rel.len + 2);
	if (!path)
		return gate_fail_memory(err);
	memcpy(path, from, len);
	while (rel.len) {
		const char *slash = memchr(rel.bytes, '/', rel.len);
		struct gate_span name = { rel.bytes,
			                  slash ? (size_t)(slash - rel.bytes) : rel.len };

		rel.bytes += name.len + (slash != NULL);
		rel.len -= name.len + (slash != NULL);
		if (!name.len || gate_span_is(name, "."))
			continue;
		if (gate_span_is(name, "..")) {
			if (!drop_name(path, &len))
				return GATE_ENOTFOUND;
			continue;
		}
		if (len)
			path[len++] = '/';
		memcpy(path + len, name.bytes, name.len);
		len += name.len;
	}
	path[len] = '\0';
	*out = path;
	return GATE_OK;
}

static bool last_is(const char *path, const char *words)
{
	const char *name = gate_place_name(path);

	return is_one_of(name, strlen(name), words);
}

bool gate_place_is_home(const char *path)
{
	return !*path || last_is(path, homes);
}

/* True when the name before the last one is among the words. */
static bool stands_in(const char *path, const char *words)
{
	const char *name = gate_place_name(path), *from;

	if (name == path)
		return false;
	for (from = name - 1; from > path && from[-1] != '/'; from--)
		;
	return is_one_of(from, (size_t)(name - 1 - from), words);
}

bool gate_place_in_sure_home(const char *path)
{
	return stands_in(path, sure_homes);
}

bool gate_place_in_source(const char *path)
{
	return stands_in(path, "src");
}

/* "Basket.API" within "Basket" is how the service is called inside of it. */
static bool is_api_of_parent(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && strcasecmp(path + len - 4, ".api") == 0;
}

/* What stands in services/ is a service, whatever it is called; so is "Basket.API" in src/. */
static bool is_wrapping(const char *path)
{
	if (last_is(path, wrappings))
		return !stands_in(path, sure_homes);
	return is_api_of_parent(path) && !stands_in(path, homes) && strchr(path, '/');
}

char *gate_place_fold(struct gate_arena *arena, const char *path)
{
	char *folder = gate_arena_copy(arena, path, strlen(path));

	while (folder && is_wrapping(folder)) {
		char *slash = strrchr(folder, '/');

		if (slash)
			*slash = '\0';
		else
			*folder = '\0';
	}
	return folder;
}

/* Where the last word of a name starts: behind the last '-', '_' or '.', or at a capital behind a small letter. */
static size_t last_word(const char *name, size_t len)
{
	for (size_t i = len; i > 1; i--) {
		if (strchr("-_.", name[i - 2]))
			return i - 1;
		if (isupper((unsigned char)name[i - 1]) && islower((unsigned char)name[i - 2]))
			return i - 1;
	}
	return 0;
}

static bool is_aside(const char *name, size_t len)
{
	size_t word = last_word(name, len);

	return name[0] == '.' || is_one_of(name, len, aside_names) ||
	       is_one_of(name + word, len - word, aside_words);
}

bool gate_place_is_aside(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");

		if (len && is_aside(path, len))
			return true;
		path += len + (path[len] == '/');
	}
	return false;
}

bool gate_place_is_load(const char *name, size_t len)
{
	return is_plainly_one_of(name, len, loads);
}

bool gate_place_is_infrastructure(const char *name, size_t len)
{
	return is_plainly_one_of(name, len, infrastructure);
}

bool gate_place_is_deployment(const char *path)
{
	for (size_t i = 0; i < GATE_COUNT(deployment_words); i++)
		if (strcasestr(path, deployment_words[i]))
			return true;
	for (;;) {
		size_t len = strcspn(path, "/");

		if (!path[len])
			return false;
		if (is_one_of(path, len, deployment_folders))
			return true;
		path += len + 1;
	}
}
