/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/oom.h"
#include "tests/support/test.h"

#include "gate/read/place.h"

#include <stdio.h>

static void folds_what_only_wraps(void **state)
{
	static const struct {
		const char *path, *place;
	} cases[] = {
		{ "", "" },
		{ "src", "" },
		{ "docker", "" },
		{ "src/cart", "src/cart" },
		{ "src/cart/src", "src/cart" },
		{ "cart/deploy/Docker", "cart" },
		{ "src/cart/chart", "src/cart" },
		{ "services/docker", "services/docker" },
		{ "services/docker/docker", "services/docker" },
		{ "src/Basket.API", "src/Basket.API" },
		{ "Basket.API", "Basket.API" },
		{ "src/Services/Basket/Basket.API", "src/Services/Basket" },
		{ "charts/cart", "charts/cart" },
	};
	GATE_AUTO(gate_arena_release) struct gate_arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++)
		assert_string_equal(gate_place_fold(&arena, cases[i].path), cases[i].place);
}

static void joins_paths_that_stay_inside(void **state)
{
	static const struct {
		const char *from, *rel, *path; /* NULL: none */
	} cases[] = {
		{ "", "", "" },
		{ "", ".", "" },
		{ "", "./a/./b//c/", "a/b/c" },
		{ "a/b", "", "a/b" },
		{ "a/b", "../c", "a/c" },
		{ "a", "..", "" },
		{ "a", "../..", NULL },
		{ "a", "../../a", NULL },
		{ "", "..a/b..", "..a/b.." },
		{ "a", "/b", NULL },
		{ "a", "https://b/c", NULL },
		{ "a", "git@b:c", NULL },
		{ "a", "b\\c", NULL },
	};
	GATE_AUTO(gate_arena_release) struct gate_arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(cases); i++) {
		const struct gate_span rel = { cases[i].rel, strlen(cases[i].rel) };
		char *path = NULL;
		int code = gate_place_join(&path, &arena, cases[i].from, rel, NULL);

		printf("%s + %s\n", cases[i].from, cases[i].rel);
		assert_int_equal(code, cases[i].path ? GATE_OK : GATE_ENOTFOUND);
		if (cases[i].path)
			assert_string_equal(path, cases[i].path);
	}
}

static void knows_names(void **state)
{
	static const struct {
		const char *path;
		bool aside;
	} aside[] = {
		{ "src/cart", false },        { "src/cart/Tests/x", true },
		{ "frontendTests", true },    { "telemetry-docs", true },
		{ "docs-api", false },        { "a/Catalog.FunctionalTests", true },
		{ "contest", false },         { "latest/cart", false },
		{ ".github/x", true },        { "a/.hidden", true },
		{ "node_modules/a/b", true }, { "payment-mock", true },
		{ "a/genproto", true },       { "doc", true },
		{ "testing-service", false },
	};

	(void)state;
	for (size_t i = 0; i < GATE_COUNT(aside); i++) {
		printf("%s\n", aside[i].path);
		assert_int_equal(gate_place_is_aside(aside[i].path), aside[i].aside);
	}
	assert_true(gate_place_is_home("") && gate_place_is_home("a/SRC"));
	assert_false(gate_place_is_home("src/a"));
	assert_true(gate_place_in_sure_home("services/a") && gate_place_in_sure_home("x/Apps/a"));
	assert_false(gate_place_in_sure_home("src/a") || gate_place_in_sure_home("services") ||
	             gate_place_in_sure_home("myservices/a"));
	assert_true(gate_place_in_source("src/a") && !gate_place_in_source("src/a/b"));
	assert_true(gate_place_is_load("load-gen", 8) && gate_place_is_load("LoadGenerator", 13));
	assert_false(gate_place_is_load("loader", 6));
	assert_true(gate_place_is_infrastructure("Mongo-DB", 8));
	assert_false(gate_place_is_infrastructure("mongo-express-api", 17) ||
	             gate_place_is_infrastructure("redisx", 5 + 1) ||
	             gate_place_is_infrastructure("", 0));
	assert_true(gate_place_is_deployment("a/K8s/b.yaml") &&
	            gate_place_is_deployment("a-deployment.yaml") &&
	            gate_place_is_deployment("infra/a.yaml"));
	assert_false(gate_place_is_deployment("config/a.yaml") ||
	             gate_place_is_deployment("infra.yaml"));
}

static void fails_without_memory(void **state)
{
	(void)state;
	for (unsigned n = 0;; n++) {
		GATE_AUTO(gate_arena_release) struct gate_arena arena = { 0 };
		char *folded, *parent, *joined;
		int code;

		test_oom_arm(n);
		folded = gate_place_fold(&arena, "a/src");
		parent = gate_place_parent(&arena, "a/b");
		code = gate_place_join(&joined, &arena, "a", (struct gate_span){ "b", 1 }, NULL);
		if (!test_oom_disarm())
			break;
		assert_true(!folded || !parent || code == GATE_ENOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_what_only_wraps),
		cmocka_unit_test(joins_paths_that_stay_inside),
		cmocka_unit_test(knows_names),
		cmocka_unit_test(fails_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
