/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/git.h"
#include "tests/support/oom.h"
#include "tests/support/snapshot.h"
#include "tests/support/test.h"

#include "gate/base/limits.h"
#include "gate/read/services.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct file {
	const char *path, *text;
};

#define MAX_FILES 16

static char *scratch, *bare; /* bare: where the files of each case are a branch */
static unsigned branches;

static int setup(void **state)
{
	(void)state;
	scratch = test_scratch();
	bare = test_path(scratch, "bare.git");
	test_git(scratch, "init", "-q", "--bare", bare);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(bare);
	test_scratch_remove(scratch);
	return 0;
}

/** A branch with these files, of which few processes make many; its name, to be freed. */
static char *make_branch(const struct file files[])
{
	GATE_AUTO(gate_buf_release) struct gate_buf commit = { 0 };
	struct gate_buf name = { 0 };

	gate_buf_printf(&name, "case%u", ++branches);
	gate_buf_printf(&commit,
	                "commit refs/heads/%s\ncommitter T <t@x> 1700000000 +0000\ndata 0\n",
	                gate_buf_text(&name));
	for (size_t i = 0; files[i].path; i++)
		gate_buf_printf(&commit, "M 100644 inline %s\ndata %zu\n%s\n", files[i].path,
		                strlen(files[i].text), files[i].text);
	test_git_input(bare, gate_buf_text(&commit), "fast-import", "--quiet");
	return gate_buf_take(&name);
}

/** "name folder: kind path:line, ...\n" for each; to be freed. */
static char *print(const struct gate_found_services *services)
{
	struct gate_buf out = { 0 };

	for (size_t i = 0; i < services->n; i++) {
		const struct gate_found_service *service = &services->items[i];

		gate_buf_printf(&out, "%s %s:", service->name, service->folder);
		for (size_t j = 0; j < service->n_evidence; j++)
			gate_buf_printf(&out, "%s %s %s:%u", j ? "," : "",
			                gate_service_evidence_name(service->evidence[j].kind),
			                service->evidence[j].path, service->evidence[j].line);
		gate_buf_putc(&out, '\n');
	}
	gate_buf_puts(&out, "");
	return gate_buf_take(&out);
}

/** The services of a repository; what its index has with `rev` NULL. To be freed. */
static char *services_of(const char *dir, const char *rev, size_t *skipped)
{
	GATE_AUTO(gate_found_services_free) struct gate_found_services *services = NULL;
	GATE_AUTO(test_snapshot_close) struct test_snapshot snapshot = { 0 };

	test_snapshot_open(&snapshot, dir, rev);
	assert_ok(gate_services_find(&services, &snapshot.files, err));
	if (skipped)
		*skipped = services->skipped;
	return print(services);
}

static void check(const char *name, const struct file files[], const char *expected)
{
	GATE_AUTO(gate_free) char *branch = make_branch(files), *found = NULL;
	size_t skipped;

	printf("%s\n", name);
	found = services_of(bare, branch, &skipped);
	assert_string_equal(found, expected);
	assert_int_equal(skipped, 0);
}

struct test_case {
	const char *name;
	struct file files[MAX_FILES];
	const char *services;
};

static void check_all(const struct test_case cases[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(cases[i].name, cases[i].files, cases[i].services);
}

static void finds_what_compose_builds(void **state)
{
	static const struct test_case cases[] = {
		{ "context",
		  { { "compose.yaml",
		      "x-log: &log\n  a: b\nservices:\n  one:\n    build: ./one\n"
		      "    logging: *log\n  two:\n    build: { context: code/two }\n" },
		    { "one/x", "" },
		    { "code/two/x", "" } },
		  "one one/: compose compose.yaml:4\ntwo code/two/: compose compose.yaml:7\n" },
		{ "dockerfile, through .env",
		  { { ".env", "ONE=./src/one/src/Dockerfile\n" },
		    { "docker-compose.yml",
		      "services:\n  one:\n    build:\n      context: .\n      dockerfile: ${ONE}\n"
		      "  two:\n    build: { context: ., dockerfile: \"${TWO:-two/x.Dockerfile}\" "
		      "}\n"
		      "  three:\n    build: { context: ., dockerfile: $THREE }\n" },
		    { "src/one/src/Dockerfile", "FROM x\n" },
		    { "two/x.Dockerfile", "FROM x\n" },
		    { "code/three/go.mod", "" } },
		  "one src/one/: compose docker-compose.yml:2, dockerfile "
		  "src/one/src/Dockerfile:1\n"
		  "three code/three/: compose docker-compose.yml:8, manifest code/three/go.mod:1\n"
		  "two two/: compose docker-compose.yml:6\n" },
		{ "dockerfiles beside the code",
		  { { "compose.yaml",
		      "services:\n  a:\n    build: { context: ., dockerfile: docker/a.Dockerfile "
		      "}\n"
		      "  b:\n    build: { context: b, dockerfile: ../docker/b.Dockerfile }\n" },
		    { "docker/a.Dockerfile", "" },
		    { "a/package.json", "{}" },
		    { "b/x", "" } },
		  "a a/: compose compose.yaml:2, manifest a/package.json:1\nb b/: compose "
		  "compose.yaml:4\n" },
		{ "images of others, and of ours",
		  { { "compose.yaml",
		      "services:\n  ours:\n    image: x/ours\n  theirs:\n    image: x/theirs\n"
		      "  proxy:\n    image: x/proxy\n  orders-api:\n    image: x\n" },
		    { "code/ours/pom.xml", "" },
		    { "proxy/proxy.conf", "" },
		    { "shop-orders-api/pom.xml", "" } },
		  "orders-api shop-orders-api/: compose compose.yaml:8, manifest "
		  "shop-orders-api/pom.xml:1\n"
		  "ours code/ours/: compose compose.yaml:2, manifest code/ours/pom.xml:1\n" },
		{ "one folder is one service, by its own name if it can",
		  { { "compose.yaml",
		      "services:\n  worker:\n    build: app\n  app:\n    build: app\n"
		      "  job:\n    build: other\n  cron:\n    build: other\n" },
		    { "app/x", "" },
		    { "other/x", "" } },
		  "app app/: compose compose.yaml:2, compose compose.yaml:4\n"
		  "job other/: compose compose.yaml:6, compose compose.yaml:8\n" },
		{ "a part that it names is one too",
		  { { "compose.yaml", "services:\n  a:\n    build: a\n  b:\n    build: a/b\n" },
		    { "a/b/Dockerfile", "" },
		    { "a/c/Dockerfile", "" } },
		  "a a/: compose compose.yaml:2\nb a/b/: compose compose.yaml:4, dockerfile "
		  "a/b/Dockerfile:1\n" },
		{ "what is not there",
		  { { "compose.yaml", "services:\n  a:\n    build: ./gone\n  b:\n    build: ../b\n"
		                      "  c:\n    build: https://x/c.git\n  d:\n    build: .\n  "
		                      "e:\n    ports: []\n" },
		    { "e/Dockerfile.x", "" } },
		  "" },
		{ "load is a part where it starts with the rest",
		  { { "compose.yaml",
		      "services:\n  a:\n    build: a\n  load:\n    build: load-gen\n" },
		    { "a/x", "" },
		    { "load-gen/Dockerfile", "FROM x\n" } },
		  "a a/: compose compose.yaml:2\n"
		  "load load-gen/: compose compose.yaml:4, dockerfile load-gen/Dockerfile:1\n" },
		{ "and else a test",
		  { { "compose.yaml", "services:\n  a:\n    build: a\n" },
		    { "compose-load.yaml", "services:\n  load:\n    build: load-gen\n" },
		    { "a/x", "" },
		    { "load-gen/Dockerfile", "FROM x\n" } },
		  "a a/: compose compose.yaml:2\n" },
	};

	(void)state;
	check_all(cases, GATE_COUNT(cases));
}

static void finds_folders_with_a_dockerfile(void **state)
{
	static const struct test_case cases[] = {
		{ "anywhere",
		  { { "a/Dockerfile", "FROM x\n" },
		    { "x/y/b/Containerfile", "" },
		    { "c/docker/Dockerfile", "" } },
		  "a a/: dockerfile a/Dockerfile:1\nb x/y/b/: dockerfile x/y/b/Containerfile:1\n"
		  "c c/: dockerfile c/docker/Dockerfile:1\n" },
		{ "but not aside, and no other file",
		  { { "a/Dockerfile", "" },
		    { "test/a/Dockerfile", "" },
		    { "docs/Dockerfile", "" },
		    { "a/genproto/Dockerfile", "" },
		    { "vendor/x/Dockerfile", "" },
		    { ".devcontainer/Dockerfile", "" },
		    { "android.Dockerfile", "" },
		    { "b/Dockerfile.cypress", "" },
		    { "examples/c/Dockerfile", "" } },
		  "a a/: dockerfile a/Dockerfile:1\n" },
		{ "databases are none, by name or image",
		  { { "a/Dockerfile", "FROM golang AS b\nFROM nginx\n" },
		    { "mongo/Dockerfile", "FROM x\n" },
		    { "orders-db/Dockerfile",
		      "FROM docker.io/library/mysql:8 AS base\nFROM base\n" },
		    { "compose.yaml", "services:\n  orders-db:\n    build: orders-db\n  mongodb:\n "
		                      "   build: data\n" },
		    { "data/x", "" } },
		  "a a/: dockerfile a/Dockerfile:1\n" },
		{ "but what has code of its own is one",
		  { { "a/Dockerfile", "FROM redis\n" },
		    { "a/package.json", "{}" },
		    { "b/Dockerfile", "FROM redis\n" } },
		  "a a/: dockerfile a/Dockerfile:1, manifest a/package.json:1\n" },
		{ "parts of a service are none",
		  { { "a/Dockerfile", "" },
		    { "a/B/Dockerfile", "" },
		    { "a-c/Dockerfile", "" },
		    { "a/services/d/Dockerfile", "" } },
		  "a a/: dockerfile a/Dockerfile:1\na-c a-c/: dockerfile a-c/Dockerfile:1\n"
		  "d a/services/d/: dockerfile a/services/d/Dockerfile:1\n" },
		{ "one program has none",
		  { { "Dockerfile", "FROM x\n" },
		    { "src/Dockerfile", "FROM x\n" },
		    { "docker/Dockerfile", "FROM x\n" },
		    { "package.json", "{ \"scripts\": { \"start\": \"x\" } }" },
		    { "src/main.js", "" },
		    { "compose.yaml",
		      "services:\n  app:\n    build: .\n  db:\n    image: postgres\n" } },
		  "" },
		{ "nothing at all", { { NULL, NULL } }, "" },
	};

	(void)state;
	check_all(cases, GATE_COUNT(cases));
}

static void finds_what_kubernetes_runs(void **state)
{
	static const struct test_case cases[] = {
		{ "by its name, where there is a program",
		  { { "k8s/all.yaml",
		      "kind: Deployment\nmetadata:\n  name: a\n---\nkind: Rollout\n"
		      "metadata:\n  name: b\n---\nkind: StatefulSet\nmetadata:\n  name: c\n" },
		    { "a/go.mod", "" },
		    { "backend/b/pom.xml", "" },
		    { "c/readme", "" } },
		  "a a/: workload k8s/all.yaml:3, manifest a/go.mod:1\n"
		  "b backend/b/: workload k8s/all.yaml:7, manifest backend/b/pom.xml:1\n" },
		{ "templates of Helm, and charts",
		  { { "helm/templates/a.yaml", "kind: Deployment\nmetadata:\n  name: a\nspec:\n"
		                               "  {{ if .x }}\n  y: {{ .z }}\n  {{ end }}\n" },
		    { "helm/templates/x.yaml", "kind: Deployment\nmetadata:\n  name: {{ .x }}\n" },
		    { "a/go.mod", "" },
		    { "src/b/chart/Chart.yaml", "apiVersion: v2\nname: shop-b\n" },
		    { "src/b/pom.xml", "" },
		    { "charts/c/Chart.yaml", "name: c\n" },
		    { "c/pom.xml", "" } },
		  "a a/: workload helm/templates/a.yaml:3, manifest a/go.mod:1\n"
		  "b src/b/: chart src/b/chart/Chart.yaml:2, manifest src/b/pom.xml:1\n"
		  "c c/: chart charts/c/Chart.yaml:1, manifest c/pom.xml:1\n" },
		{ "examples are none",
		  { { "examples/k8s/a.yaml", "kind: Deployment\nmetadata:\n  name: a\n" },
		    { "a/go.mod", "" } },
		  "" },
	};

	(void)state;
	check_all(cases, GATE_COUNT(cases));
}

static void finds_programs_of_package_managers(void **state)
{
	static const struct test_case cases[] = {
		{ "in services and apps",
		  { { "services/a/requirements.txt", "" },
		    { "apps/b/mix.exs", "" },
		    { "cmd/c/go.mod", "" },
		    { "libs/d/go.mod", "" } },
		  "a services/a/: manifest services/a/requirements.txt:1\n"
		  "b apps/b/: manifest apps/b/mix.exs:1\nc cmd/c/: manifest cmd/c/go.mod:1\n" },
		{ "in workspaces, when they are no libraries",
		  { { "package.json", "{\n  \"workspaces\": [\"packages/*\", \"web\"] }" },
		    { "packages/a/package.json", "{ \"scripts\": { \"start\": \"x\" } }" },
		    { "packages/b/package.json", "{}" },
		    { "packages/a/c/package.json", "{ \"scripts\": { \"start\": \"x\" } }" },
		    { "web/package.json", "{ \"scripts\": { \"start\": \"x\" } }" } },
		  "a packages/a/: workspace package.json:2, manifest packages/a/package.json:1\n"
		  "web web/: workspace package.json:2, manifest web/package.json:1\n" },
		{ "of all kinds",
		  { { "go.work", "use ./go\n" },
		    { "go/go.mod", "" },
		    { "go/main.go", "" },
		    { "Cargo.toml", "[workspace]\nmembers = [\"rs\", \"lib\"]\n" },
		    { "rs/Cargo.toml", "" },
		    { "rs/src/main.rs", "" },
		    { "lib/Cargo.toml", "[lib]\n" },
		    { "java/pom.xml", "<module>mvn</module>" },
		    { "java/mvn/pom.xml", "spring-boot-maven-plugin" },
		    { "settings.gradle", "include ':kt:app'\n" },
		    { "kt/app/build.gradle", "id 'application'\n" },
		    { "pnpm-workspace.yaml", "packages:\n  - ./js\n" },
		    { "js/package.json", "{ \"scripts\": { \"start\": \"x\" } }" } },
		  "app kt/app/: workspace settings.gradle:1, manifest kt/app/build.gradle:1\n"
		  "go go/: workspace go.work:1, manifest go/go.mod:1\n"
		  "js js/: workspace pnpm-workspace.yaml:2, manifest js/package.json:1\n"
		  "mvn java/mvn/: workspace java/pom.xml:1, manifest java/mvn/pom.xml:1\n"
		  "rs rs/: workspace Cargo.toml:2, manifest rs/Cargo.toml:1\n" },
		{ "in src, when they are no libraries",
		  { { "src/a/a.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\">" },
		    { "src/b/b.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\">" },
		    { "src/c/requirements.txt", "" },
		    { "src/a.Tests/a.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\">" } },
		  "a src/a/: manifest src/a/a.csproj:1\nc src/c/: manifest "
		  "src/c/requirements.txt:1\n" },
		{ "only where nothing stronger says more",
		  { { "package.json", "{ \"workspaces\": [\"web\", \"src/a\"] }" },
		    { "src/a/Dockerfile", "" },
		    { "src/a/package.json", "{}" },
		    { "src/b/Dockerfile", "" },
		    { "src/c/requirements.txt", "" },
		    { "web/package.json", "{ \"scripts\": { \"start\": \"x\" } }" },
		    { "apps/d/Gemfile", "" } },
		  "a src/a/: dockerfile src/a/Dockerfile:1, workspace package.json:1, manifest "
		  "src/a/package.json:1\n"
		  "b src/b/: dockerfile src/b/Dockerfile:1\nd apps/d/: manifest "
		  "apps/d/Gemfile:1\n" },
	};

	(void)state;
	check_all(cases, GATE_COUNT(cases));
}

static void names_are_clean_and_unique(void **state)
{
	static const struct test_case cases[] = {
		{ "what is no name",
		  { { "-a b+c!/Dockerfile", "" },
		    { "@x/Dockerfile", "" },
		    { "\xc3\xa4/Dockerfile", "" } },
		  "a-b-c -a b+c!/: dockerfile -a b+c!/Dockerfile:1\n"
		  "service \xc3\xa4/: dockerfile \xc3\xa4/Dockerfile:1\n"
		  "x @x/: dockerfile @x/Dockerfile:1\n" },
		{ "one name, several folders",
		  { { "one/api/Dockerfile", "" },
		    { "two/API/Dockerfile", "" },
		    { "three/Dockerfile", "" } },
		  "one-api one/api/: dockerfile one/api/Dockerfile:1\n"
		  "three three/: dockerfile three/Dockerfile:1\n"
		  "two-API two/API/: dockerfile two/API/Dockerfile:1\n" },
		{ "and the longer name is taken",
		  { { "one/api/Dockerfile", "" },
		    { "two/api/Dockerfile", "" },
		    { "one-api/Dockerfile", "" },
		    { "\xc3\xb6/Dockerfile", "" },
		    { "\xc3\xa4/Dockerfile", "" } },
		  "one-api one-api/: dockerfile one-api/Dockerfile:1\n"
		  "one-api-2 one/api/: dockerfile one/api/Dockerfile:1\n"
		  "service \xc3\xa4/: dockerfile \xc3\xa4/Dockerfile:1\n"
		  "service-2 \xc3\xb6/: dockerfile \xc3\xb6/Dockerfile:1\n"
		  "two-api two/api/: dockerfile two/api/Dockerfile:1\n" },
	};

	(void)state;
	check_all(cases, GATE_COUNT(cases));
}

static void counts_what_it_cannot_read(void **state)
{
	static const struct file files[] = { { "a/Dockerfile", "FROM x\n" },
		                             { "b/Dockerfile", "FROM y\n" },
		                             { NULL, NULL } };
	GATE_AUTO(gate_free) char *dir = test_repo(scratch, "odd"), *found = NULL;
	GATE_AUTO(gate_free) char *large = malloc(GATE_MAX_YAML_BYTES + 2);
	size_t skipped;

	(void)state;
	assert_non_null(large);
	memset(large, '#', GATE_MAX_YAML_BYTES + 1);
	large[GATE_MAX_YAML_BYTES + 1] = '\0';
	for (size_t i = 0; files[i].path; i++)
		test_write(dir, files[i].path, files[i].text);
	test_write(dir, "compose.yaml", large);
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "large");
	found = services_of(dir, "HEAD", &skipped);
	assert_string_equal(found,
	                    "a a/: dockerfile a/Dockerfile:1\nb b/: dockerfile b/Dockerfile:1\n");
	assert_int_equal(skipped, 1);
}

/** A branch of `n` manifests of Kubernetes, all with the same content. */
static void make_many(const char *branch, unsigned n, const char *content, size_t len)
{
	GATE_AUTO(gate_buf_release) struct gate_buf commit = { 0 };

	gate_buf_printf(&commit, "blob\nmark :1\ndata %zu\n", len);
	gate_buf_add(&commit, content, len);
	gate_buf_printf(&commit,
	                "\ncommit refs/heads/%s\ncommitter T <t@x> 1700000000 +0000\ndata 0\n",
	                branch);
	for (unsigned i = 0; i < n; i++)
		gate_buf_printf(&commit, "M 100644 :1 k8s/%u.yaml\n", i);
	test_git_input(bare, gate_buf_text(&commit), "fast-import", "--quiet");
}

static void counts_what_is_over_a_limit(void **state)
{
	const size_t len = GATE_MAX_YAML_BYTES;
	GATE_AUTO(gate_free) char *large = malloc(len), *first = NULL, *second = NULL;
	size_t skipped;

	(void)state;
	assert_non_null(large);
	memset(large, '#', len);
	make_many("files", GATE_MAX_DISCOVERY_FILES + 5, "", 0);
	first = services_of(bare, "files", &skipped);
	assert_int_equal(skipped, 5);
	make_many("bytes", 70, large, len);
	second = services_of(bare, "bytes", &skipped);
	assert_int_equal(skipped, 70 - GATE_MAX_DISCOVERY_BYTES / len - 1);
	assert_string_equal(first, "");
	assert_string_equal(second, "");
}

static void follows_no_link_and_reads_no_work_tree(void **state)
{
	GATE_AUTO(gate_free) char *dir = test_repo(scratch, "links"), *found = NULL, *index = NULL;
	GATE_AUTO(gate_free) char *link = test_path(dir, "b/Dockerfile");

	(void)state;
	test_write(dir, "a/Dockerfile", "");
	test_write(dir, "b/x", "");
	assert_int_equal(symlink("../a/Dockerfile", link), 0);
	test_git(dir, "add", "-A");
	test_git(dir, "commit", "-q", "-m", "link");
	test_write(dir, "c/Dockerfile", "");
	found = services_of(dir, "HEAD", NULL);
	assert_string_equal(found, "a a/: dockerfile a/Dockerfile:1\n");
	test_git(dir, "add", "-A");
	index = services_of(dir, NULL, NULL);
	assert_string_equal(index,
	                    "a a/: dockerfile a/Dockerfile:1\nc c/: dockerfile c/Dockerfile:1\n");
}

static void refuses_too_many(void **state)
{
	GATE_AUTO(gate_free) char *dir = test_repo(scratch, "many");
	GATE_AUTO(gate_buf_release) struct gate_buf index = { 0 };
	GATE_AUTO(gate_found_services_free) struct gate_found_services *services = NULL;
	GATE_AUTO(test_snapshot_close) struct test_snapshot snapshot = { 0 };
	struct gate_error err;

	(void)state;
	for (unsigned i = 0; i <= GATE_MAX_SERVICES; i++)
		gate_buf_printf(&index,
		                "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\ts%u/Dockerfile\n",
		                i);
	test_git_input(dir, "", "hash-object", "-w", "--stdin");
	test_git_input(dir, gate_buf_text(&index), "update-index", "--add", "--index-info");
	test_git(dir, "commit", "-q", "-m", "many");
	test_snapshot_open(&snapshot, dir, "HEAD");
	assert_int_equal(gate_services_find(&services, &snapshot.files, &err), GATE_ELIMIT);
	assert_string_equal(err.message, "more than 1000 services");
	assert_null(services);
}

static void fails_without_memory(void **state)
{
	static const struct file files[] = {
		{ ".env", "A=./a/Dockerfile\n" },
		{ "compose.yaml", "services:\n  a:\n    build: { context: ., dockerfile: $A }\n  "
		                  "b:\n    image: b\n" },
		{ "a/Dockerfile", "FROM x\n" },
		{ "b/package.json", "{ \"scripts\": { \"start\": \"x\" } }" },
		{ "one/api/pom.xml", "" },
		{ "k8s/a.yaml", "kind: Deployment\nmetadata:\n  name: b\n" },
		{ "package.json", "{ \"workspaces\": [\"p*\", \"b\"] }" },
		{ "src/c/go.mod", "" },
		{ "src/c/main.go", "" },
		{ "apps/api/Gemfile", "" },
		{ "apps/x/api/Dockerfile", "" },
		{ "charts/b/Chart.yaml", "name: b\n" },
		{ NULL, NULL },
	};
	GATE_AUTO(gate_free) char *branch = make_branch(files);
	unsigned n = 0;

	(void)state;
	for (;; n++) {
		GATE_AUTO(gate_found_services_free) struct gate_found_services *services = NULL;
		GATE_AUTO(test_snapshot_close) struct test_snapshot snapshot = { 0 };
		GATE_AUTO(gate_free) char *found = NULL;
		struct gate_error err;
		int code;

		test_snapshot_open(&snapshot, bare, branch);
		test_oom_arm(n);
		code = gate_services_find(&services, &snapshot.files, &err);
		if (test_oom_disarm()) {
			assert_int_equal(code, GATE_ENOMEM);
			assert_int_equal(err.code, GATE_ENOMEM);
			assert_null(services);
			continue;
		}
		assert_int_equal(code, GATE_OK);
		found = print(services);
		assert_string_equal(found,
		                    "a a/: compose compose.yaml:2, dockerfile a/Dockerfile:1\n"
		                    "apps-api apps/api/: manifest apps/api/Gemfile:1\n"
		                    "apps-x-api apps/x/api/: dockerfile apps/x/api/Dockerfile:1\n"
		                    "b b/: compose compose.yaml:4, workload k8s/a.yaml:3, chart "
		                    "charts/b/Chart.yaml:1, workspace package.json:1, manifest "
		                    "b/package.json:1\n");
		break;
	}
	assert_true(n > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_compose_builds),
		cmocka_unit_test(finds_folders_with_a_dockerfile),
		cmocka_unit_test(finds_what_kubernetes_runs),
		cmocka_unit_test(finds_programs_of_package_managers),
		cmocka_unit_test(names_are_clean_and_unique),
		cmocka_unit_test(counts_what_it_cannot_read),
		cmocka_unit_test(counts_what_is_over_a_limit),
		cmocka_unit_test(follows_no_link_and_reads_no_work_tree),
		cmocka_unit_test(refuses_too_many),
		cmocka_unit_test(fails_without_memory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
