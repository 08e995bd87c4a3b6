/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of single files say: members of workspaces, Compose, Dockerfiles, workloads, manifests. */
#include "tests/support/test.h"

#include "gate/read/compose.h"
#include "gate/read/container.h"
#include "gate/read/manifest.h"
#include "gate/read/workspace.h"

#include <stdio.h>

static int print_span(struct gate_span span, unsigned line, void *payload)
{
	gate_buf_printf(payload, "%u %.*s\n", line, (int)span.len, span.bytes);
	return 0;
}

static void finds_members_of_workspaces(void **state)
{
	static const struct {
		const char *what, *file, *text, *members;
	} cases[] = {
		{ "npm", "package.json", "{\n\"workspaces\": [\"a\",\n \"packages/*\"] }",
		  "2 a\n3 packages/*\n" },
		{ "yarn", "package.json",
		  "{ \"workspaces\": { \"packages\": [\"a\"], \"nohoist\": [\"b\"] } }", "1 a\n" },
		{ "a package", "package.json", "{ \"name\": \"a\", \"files\": [\"b\"] }", "" },
		{ "pnpm", "pnpm-workspace.yaml",
		  "packages:\n  - 'apps/*' # c\n  - \"!**/test/**\"\nx:\n  - b\n",
		  "2 apps/*\n3 !**/test/**\n" },
		{ "go", "go.work",
		  "go 1.22\n\nuse ./a // b\nuse (\n\t./c\n\t\"./d e\"\n)\nreplace x => ./y\nuse f",
		  "3 ./a\n5 ./c\n6 ./d e\n9 f\n" },
		{ "go, other words", "go.work", "used ./a\nx use ./b\n// use ./c\n", "" },
		{ "cargo", "Cargo.toml",
		  "[package]\nmembers = [\"x\"]\n[workspace]\nmembers = [ # \"c\"\n  \"a\", "
		  "'b/*',\n]\nexclude = [\"y\"]\n"
		  "[workspace.dependencies]\nmembers = [\"z\"]\n",
		  "5 a\n5 b/*\n" },
		{ "cargo, one line", "Cargo.toml", "[workspace]\nmembers=[\"a\"]", "2 a\n" },
		{ "gradle", "settings.gradle",
		  "rootProject.name = 'include'\n// include 'x'\ninclude 'a', \":b:c\"\ninclude(\n "
		  " 'd',\n  /* e */ 'f')\n"
		  "includeBuild 'y'\nincluded 'z'\n",
		  "3 a\n3 :b:c\n5 d\n6 f\n" },
		{ "gradle in kotlin", "settings.gradle.kts", "include(\":a\", \":b\")\n",
		  "1 :a\n1 :b\n" },
		{ "maven", "pom.xml",
		  "<modules>\n<!-- <module>x</module> -->\n <module>a</module><module> b/c "
		  "</module>\n<module></module></modules>",
		  "3 a\n3 b/c\n" },
		{ "cut off", "pom.xml", "<module>a", "1 a\n" },
		{ "cut off", "go.work", "use (", "" },
		{ "cut off", "go.work", "use", "" },
		{ "cut off", "Cargo.toml", "[workspace]\nmembers = [\"a", "2 a\n" },
		{ "cut off", "Cargo.toml", "[workspace]\nmembers", "" },
		{ "cut off", "settings.gradle", "include '", "" },
		{ "cut off", "settings.gradle", "include /*", "" },
		{ "no root", "pom.yaml", "<module>a</module>", "" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

		printf("%s\n", cases[i].what);
		assert_int_equal(gate_workspace_members(cases[i].file, cases[i].text,
		                                        strlen(cases[i].text), print_span, &out),
		                 0);
		assert_string_equal(gate_buf_text(&out), cases[i].members);
	}
}

static int stop(struct gate_span span, unsigned line, void *payload)
{
	(void)span;
	(void)line;
	++*(unsigned *)payload;
	return 7;
}

static void stops_when_told_so(void **state)
{
	static const struct {
		const char *file, *text;
	} cases[] = {
		{ "package.json", "{ \"workspaces\": [\"a\", \"b\"] }" },
		{ "pnpm-workspace.yaml", "packages: [a, b]\n" },
		{ "go.work", "use a\nuse b\n" },
		{ "Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n" },
		{ "settings.gradle", "include 'a', 'b'\n" },
		{ "settings.gradle.kts", "include('a')\ninclude('b')\n" },
		{ "pom.xml", "<module>a</module><module>b</module>" },
	};
	static const char workloads[] = "kind: Rollout\nmetadata: { name: a }\n---\n"
					"kind: Rollout\nmetadata: { name: b }\n---\n";
	unsigned calls = 0;

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		calls = 0;
		assert_true(gate_workspace_is_root(cases[i].file));
		assert_int_equal(gate_workspace_members(cases[i].file, cases[i].text,
		                                        strlen(cases[i].text), stop, &calls),
		                 7);
		assert_int_equal(calls, 1);
	}
	calls = 0;
	assert_int_equal(gate_workloads_read(workloads, strlen(workloads), stop, &calls), 7);
	assert_int_equal(calls, 1);
	assert_false(gate_workspace_is_root("pom.xml.bak"));
}

static int print_service(const struct gate_compose_service *service, void *payload)
{
	gate_buf_printf(payload, "%u %.*s%s%s context=%.*s dockerfile=%.*s\n", service->line,
	                (int)service->name.len, service->name.bytes, service->build ? " build" : "",
	                service->image ? " image" : "", (int)service->context.len,
	                service->context.bytes, (int)service->dockerfile.len,
	                service->dockerfile.bytes);
	return 0;
}

static void reads_compose_files(void **state)
{
	static const char text[] = "x-logging: &logging\n"
				   "  driver: json-file\n"
				   "services:\n"
				   "  a:\n"
				   "    build: ./a\n"
				   "    logging: *logging\n"
				   "  b:\n"
				   "    image: b:1\n"
				   "    build:\n"
				   "      context: .\n"
				   "      dockerfile: ${B_DOCKERFILE}\n"
				   "      args:\n"
				   "        context: no\n"
				   "  c: { image: redis }\n"
				   "  d:\n"
				   "    build: { context: d, dockerfile: x/Dockerfile }\n"
				   "  e:\n"
				   "    ports: !override []\n"
				   "volumes:\n"
				   "  f:\n"
				   "    build: no\n";
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

	(void)state;
	assert_int_equal(gate_compose_read(text, strlen(text), print_service, &out), 0);
	assert_string_equal(gate_buf_text(&out), "4 a build context=./a dockerfile=\n"
	                                         "7 b build image context=. "
	                                         "dockerfile=${B_DOCKERFILE}\n"
	                                         "14 c image context= dockerfile=\n"
	                                         "15 d build context=d dockerfile=x/Dockerfile\n"
	                                         "17 e context= dockerfile=\n");
}

static void expands_variables(void **state)
{
	static const char env[] = "# A=no\nA=1\nexport B=\"two words\"\nEMPTY=\nC=3 # three\n"
				  "AA=no\nA=last\r\nD='x#y'";
	static const struct {
		const char *text, *value; /* NULL: unknown */
	} cases[] = {
		{ "plain", "plain" },    { "$A/x", "last/x" },   { "x${A}y", "xlasty" },
		{ "${B}", "two words" }, { "${C}", "3" },        { "${D}", "x#y" },
		{ "${EMPTY}", "" },      { "${EMPTY:-d}", "d" }, { "${NONE:-./d}", "./d" },
		{ "${NONE-d}", "d" },    { "${A:-d}", "last" },  { "${NONE}", NULL },
		{ "$NONE", NULL },       { "${A", NULL },        { "$", NULL },
		{ "${}", NULL },         { "${A?no}", NULL },    { "$$A", NULL },
		{ "${A:", NULL },        { "${A:}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };
		const struct gate_span text = { cases[i].text, strlen(cases[i].text) };
		bool known =
			gate_compose_expand(&out, text, (struct gate_span){ env, strlen(env) });

		printf("%s\n", cases[i].text);
		assert_int_equal(known, cases[i].value != NULL);
		if (cases[i].value)
			assert_string_equal(gate_buf_text(&out), cases[i].value);
	}
}

static void finds_the_image_of_a_dockerfile(void **state)
{
	static const struct {
		const char *text, *base;
	} cases[] = {
		{ "", "" },
		{ "RUN x\n", "" },
		{ "FROM mysql:8\n", "mysql" },
		{ "# c\nARG V=1\nfrom docker.io/library/mysql:8@sha256:0 as x\n", "mysql" },
		{ "FROM --platform=$A --x golang AS build\nRUN x\nFROM scratch\n", "scratch" },
		{ "FROM redis AS Base\nFROM base AS dev\nFROM golang\nFROM dev\n", "redis" },
		{ "FROM a AS a\nFROM a\n", "a" },
		{ "FROM localhost:5000/x/redis\r\n", "redis" },
		{ "FROM\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		struct gate_span base = gate_dockerfile_base(cases[i].text, strlen(cases[i].text));

		printf("%s\n", cases[i].text);
		assert_true(gate_span_is(base, cases[i].base));
	}
}

static void the_last_of_many_stages_counts(void **state)
{
	GATE_AUTO(gate_buf_release) struct gate_buf text = { 0 };

	(void)state;
	for (unsigned i = 0; i < 200; i++)
		gate_buf_printf(&text, "FROM image%u AS stage%u\n", i, i);
	assert_true(gate_span_is(gate_dockerfile_base(text.ptr, text.len), "image199"));
}

static void finds_workloads(void **state)
{
	static const char text[] =
		"kind: Service\nmetadata:\n  name: no\n---\n"
		"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n"
		"spec:\n  template:\n    metadata:\n      name: no\n---\n"
		"metadata:\n  name: b\nkind: StatefulSet\n---\n"
		"kind: Deployment\nmetadata:\n  name: {{ include \"x\" . }}\n---\n"
		"{ \"kind\": \"Rollout\", \"metadata\": { \"name\": \"c\" } }\n";
	GATE_AUTO(gate_buf_release) struct gate_buf out = { 0 };

	(void)state;
	assert_int_equal(gate_workloads_read(text, strlen(text), print_span, &out), 0);
	assert_string_equal(gate_buf_text(&out), "8 a\n15 b\n22 c\n");
}

static void tells_programs_from_libraries(void **state)
{
	static const struct {
		const char *file, *text;
		bool runs;
	} cases[] = {
		{ "package.json", "{ \"scripts\": { \"start\": \"x\" } }", true },
		{ "package.json", "{ \"start\": \"x\" }", false },
		{ "pom.xml", "<artifactId>spring-boot-maven-plugin</artifactId>", true },
		{ "pom.xml", "<project/>", false },
		{ "build.gradle.kts", "plugins {\n    application\n}", true },
		{ "build.gradle", "plugins { id 'com.android.application' }", false },
		{ "Cargo.toml", "[[bin]]\n", true },
		{ "Cargo.toml", "[lib]\n", false },
		{ "go.mod", "module x\n", false },
		{ "Cart.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\">", true },
		{ "Cart.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\">", false },
		{ "requirements.txt", "", true },
		{ ".csproj", "\"Microsoft.NET.Sdk.Web\"", false },
		{ "unknown", "", false },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		printf("%s: %s\n", cases[i].file, cases[i].text);
		assert_int_equal(
			gate_manifest_runs(cases[i].file, cases[i].text, strlen(cases[i].text)),
			cases[i].runs);
	}
	assert_true(gate_manifest_is("go.mod") && !gate_manifest_is("go.sum"));
	assert_string_equal(gate_manifest_main("Cargo.toml"), "src/main.rs");
	assert_null(gate_manifest_main("pom.xml"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_members_of_workspaces),
		cmocka_unit_test(stops_when_told_so),
		cmocka_unit_test(reads_compose_files),
		cmocka_unit_test(expands_variables),
		cmocka_unit_test(finds_the_image_of_a_dockerfile),
		cmocka_unit_test(the_last_of_many_stages_counts),
		cmocka_unit_test(finds_workloads),
		cmocka_unit_test(tells_programs_from_libraries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
