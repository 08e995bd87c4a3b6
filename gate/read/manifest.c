/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/read/manifest.h"

#include "gate/base/memory.h"

/* Texts of which one makes a program. */
static const char *const maven[] = { "spring-boot-maven-plugin", "quarkus-maven-plugin",
	                             "micronaut-maven-plugin", "<mainClass>", NULL };
static const char *const gradle[] = { "org.springframework.boot",
	                              "io.quarkus",
	                              "io.micronaut",
	                              "mainClass",
	                              "id 'application'",
	                              "id(\"application\")",
	                              "plugin: 'application'",
	                              "    application\n",
	                              NULL };
static const char *const cargo[] = { "[[bin]]", NULL };
/* Not each .exe: tools and hosts for developers are that too. */
static const char *const dotnet[] = { "\"Microsoft.NET.Sdk.Web\"", "\"Microsoft.NET.Sdk.Worker\"",
	                              NULL };
static const char *const nothing[] = { NULL };

static const struct manifest {
	const char *name;         /* that of the file; behind a '*', how it ends */
	const char *main;         /* a file beside it */
	const char *const *texts; /* NULL: it does not say */
} manifests[] = {
	{ "package.json", NULL, NULL },       { "go.mod", "main.go", nothing },
	{ "pom.xml", NULL, maven },           { "build.gradle", NULL, gradle },
	{ "build.gradle.kts", NULL, gradle }, { "pyproject.toml", NULL, NULL },
	{ "requirements.txt", NULL, NULL },   { "Cargo.toml", "src/main.rs", cargo },
	{ "*.csproj", NULL, dotnet },         { "Gemfile", NULL, NULL },
	{ "composer.json", NULL, NULL },      { "mix.exs", NULL, NULL },
};

static const struct manifest *find(const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < GATE_COUNT(manifests); i++) {
		const char *known = manifests[i].name;
		const size_t end = strlen(known + 1);

		if (strcmp(known, name) == 0 ||
		    (*known == '*' && len > end && strcmp(name + len - end, known + 1) == 0))
			return &manifests[i];
	}
	return NULL;
}

bool gate_manifest_is(const char *name)
{
	return find(name);
}

const char *gate_manifest_main(const char *name)
{
	const struct manifest *manifest = find(name);

	return manifest ? manifest->main : NULL;
}

/* npm knows libraries that are never started. */
static bool has_start_script(const char *bytes, size_t len)
{
	struct gate_outline outline;

	gate_outline_init(&outline, bytes, len);
	while (gate_outline_next(&outline))
		if (gate_outline_at(&outline, "scripts/start"))
			return true;
	return false;
}

bool gate_manifest_runs(const char *name, const char *bytes, size_t len)
{
	const struct manifest *manifest = find(name);

	if (!manifest)
		return false;
	if (strcmp(name, "package.json") == 0)
		return has_start_script(bytes, len);
	for (size_t i = 0; manifest->texts && manifest->texts[i]; i++)
		if (memmem(bytes, len, manifest->texts[i], strlen(manifest->texts[i])))
			return true;
	return !manifest->texts;
}
