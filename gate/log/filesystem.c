/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/log/filesystem.h"

#include "gate/base/file.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#define MAX_MOUNTINFO ((size_t)16 << 20)

/* By f_type. What is not here is refused: a file system that nobody looked at is not to be trusted with the only copy. */
static const struct {
	unsigned long type;
	const char *name;
	bool good;
} known[] = {
	{ EXT4_SUPER_MAGIC, "ext", true },
	{ XFS_SUPER_MAGIC, "XFS", true },
	{ BTRFS_SUPER_MAGIC, "btrfs", true },
	{ TMPFS_MAGIC, "tmpfs", true },
	{ RAMFS_MAGIC, "ramfs", true },
	{ OVERLAYFS_SUPER_MAGIC, "overlayfs", true },
	{ F2FS_SUPER_MAGIC, "f2fs", true },
	{ 0x2FC12FC1, "ZFS", true },
	{ 0xCA451A4E, "bcachefs", true },
	{ 0x3153464A, "JFS", true },
	{ REISERFS_SUPER_MAGIC, "ReiserFS", true },
	{ NILFS_SUPER_MAGIC, "NILFS", true },
	{ ECRYPTFS_SUPER_MAGIC, "eCryptfs", true },
	{ MSDOS_SUPER_MAGIC, "FAT", true },
	{ 0x2011BAB0, "exFAT", true },
	{ 0x7366746E, "NTFS", true },
	{ SMB_SUPER_MAGIC, "SMB", false },
	{ 0xFE534D42, "SMB", false },
	{ 0xFF534D42, "CIFS", false },
	{ 0x65735546, "FUSE", false },
	{ V9FS_MAGIC, "9p", false },
	{ AFS_SUPER_MAGIC, "AFS", false },
	{ AFS_FS_MAGIC, "AFS", false },
	{ CODA_SUPER_MAGIC, "Coda", false },
	{ NCP_SUPER_MAGIC, "NCP", false },
	{ 0x00C36400, "Ceph", false },
	{ 0x01161970, "GFS2", false },
	{ 0x7461636F, "OCFS2", false },
	{ 0x0BD00BD0, "Lustre", false },
	{ 0x47504653, "GPFS", false },
	{ 0x786F4256, "a folder shared by VirtualBox", false },
};

/* The line of `mountinfo` whose third word is the device; its end is the newline. */
static const char *line_of(const char *mountinfo, dev_t dev)
{
	while (*mountinfo) {
		unsigned major, minor;

		if (sscanf(mountinfo, "%*u %*u %u:%u ", &major, &minor) == 2 &&
		    makedev(major, minor) == dev)
			return mountinfo;
		mountinfo += strcspn(mountinfo, "\n");
		mountinfo += *mountinfo == '\n';
	}
	return NULL;
}

/* The kernel calls NFSv4 a type of its own; older ones only say vers=4. */
static bool is_nfs4(const char *mountinfo, dev_t dev)
{
	GATE_AUTO(gate_free) char *line = NULL;
	const char *found = line_of(mountinfo, dev);
	const char *type;

	if (found)
		line = gate_copy(found, strcspn(found, "\n"));
	type = line ? strstr(line, " - ") : NULL;
	return type && (!strncmp(type, " - nfs4 ", 8) ||
	                (!strncmp(type, " - nfs ", 7) && strstr(type, "vers=4")));
}

const char *gate_filesystem_doubt(unsigned long type, dev_t dev, const char *mountinfo)
{
	static _Thread_local char unknown[48];

	/* Some architectures extend the sign. */
	type &= 0xFFFFFFFF;
	if (type == NFS_SUPER_MAGIC)
		return is_nfs4(mountinfo, dev) ? NULL : "NFS before version 4";
	for (size_t i = 0; i < GATE_COUNT(known); i++)
		if (known[i].type == type)
			return known[i].good ? NULL : known[i].name;
	snprintf(unknown, sizeof(unknown), "an unknown file system (0x%lx)", type);
	return unknown;
}

int gate_filesystem_check(const char *path, struct gate_error *err)
{
	GATE_AUTO(gate_buf_release) struct gate_buf mountinfo = { 0 };
	const char *doubt;
	struct statfs fs;
	struct stat st;

	if (statfs(path, &fs) < 0 || stat(path, &st) < 0)
		return gate_fail_errno(err, "cannot tell the file system of '%s'", path);
	/* Not to be read is not to be version 4. */
	if (fs.f_type == NFS_SUPER_MAGIC)
		gate_file_read(&mountinfo, "/proc/self/mountinfo", MAX_MOUNTINFO, NULL);
	doubt = gate_filesystem_doubt((unsigned long)fs.f_type, st.st_dev,
	                              gate_buf_text(&mountinfo));
	if (!doubt)
		return GATE_OK;
	return gate_fail(err, GATE_EUSAGE,
	                 "'%s' is on %s, where appends of two machines may be lost: add "
	                 "?unsafe=1 to use it all the same",
	                 path, doubt);
}
