/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs a fuzz target once for the empty input and once for each file of the folders and files named on the command
 * line, so that a corpus is a test with any compiler.
 *
 * A folder without files is an error: it would test nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void die(const char *path)
{
	fprintf(stderr, "%s: %s\n", path, strerror(errno));
	exit(1);
}

/* The block is exactly as large as the file, so that ASan sees a read behind its end. */
static void replay_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);

	if (!file || !data)
		die(path);
	if (fread(data, 1, size, file) != size)
		die(path);
	/* Said before the call: the last line names the culprit of a crash. */
	printf("%s\n", path);
	fflush(stdout);
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	fclose(file);
}

static size_t replay(const char *path)
{
	struct stat st;
	struct dirent **entries;
	size_t files = 0;
	int n;

	if (stat(path, &st) < 0)
		die(path);
	if (!S_ISDIR(st.st_mode)) {
		replay_file(path, (size_t)st.st_size);
		return 1;
	}
	n = scandir(path, &entries, NULL, alphasort);
	if (n < 0)
		die(path);
	for (int i = 0; i < n; i++) {
		char *child;

		if (entries[i]->d_name[0] != '.') {
			if (asprintf(&child, "%s/%s", path, entries[i]->d_name) < 0)
				die(path);
			files += replay(child);
			free(child);
		}
		free(entries[i]);
	}
	free(entries);
	return files;
}

int main(int argc, char **argv)
{
	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++) {
		if (!replay(argv[i])) {
			fprintf(stderr, "%s: no file to replay\n", argv[i]);
			return 1;
		}
	}
	return 0;
}
