//! How much memory is free.

use std::fs;
use std::path::{Path, PathBuf};

/// The bytes of memory that this process may still use: what the machine has available, or what its control groups
/// leave it, if that is less. `None` where the system does not tell.
pub fn free_memory() -> Option<u64> {
    free_memory_below(Path::new("/"))
}

fn free_memory_below(root: &Path) -> Option<u64> {
    let read = |path: &Path| fs::read_to_string(root.join(path.strip_prefix("/").unwrap_or(path))).ok();
    let meminfo = read(Path::new("/proc/meminfo"));
    let available = meminfo.as_deref().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    let groups = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let left = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (number, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        if number == "0" && controllers.is_empty() {
            let files = ["memory.max", "memory.current", "inactive_file"];
            left_in_groups(&read, Path::new("/sys/fs/cgroup"), path, files)
        } else if controllers.split(',').any(|controller| controller == "memory") {
            let files = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"];
            left_in_groups(&read, Path::new("/sys/fs/cgroup/memory"), path, files)
        } else {
            None
        }
    });
    available.into_iter().chain(left).min()
}

/// The least that a group or one of its parents leaves. The usage there includes files that can be dropped;
/// `memory.stat` tells how much they are.
fn left_in_groups(
    read: &impl Fn(&Path) -> Option<String>,
    mount: &Path,
    path: &str,
    [limit, usage, droppable]: [&str; 3],
) -> Option<u64> {
    let left = |group: PathBuf| {
        let number = |name: &str| read(&group.join(name))?.trim().parse::<u64>().ok();
        let limit = number(limit)?; // `max` is no number
        let stat = read(&group.join("memory.stat")).unwrap_or_default();
        let dropped = stat.lines().find_map(|line| line.strip_prefix(droppable)?.trim().parse::<u64>().ok());
        Some(limit.saturating_sub(number(usage)?.saturating_sub(dropped.unwrap_or(0))))
    };
    // In a container, the path may be that of outside: then only the mount itself is there.
    Path::new(path.trim_start_matches('/')).ancestors().filter_map(|path| left(mount.join(path))).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_limit_decides_what_is_free() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, content: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        };
        let free = || free_memory_below(root.path());
        assert_eq!(free(), None);
        write("proc/meminfo", "MemTotal:       8 kB\nMemAvailable:    4000 kB\n");
        assert_eq!(free(), Some(4_096_000));
        write("proc/self/cgroup", "0::/slice/job\n");
        assert_eq!(free(), Some(4_096_000));
        write("sys/fs/cgroup/slice/memory.max", "3000000\n");
        write("sys/fs/cgroup/slice/memory.current", "1000000\n");
        write("sys/fs/cgroup/slice/job/memory.max", "max\n");
        write("sys/fs/cgroup/slice/job/memory.current", "1000\n");
        assert_eq!(free(), Some(2_000_000));
        write("sys/fs/cgroup/slice/memory.stat", "anon 5\ninactive_file 400000\n");
        assert_eq!(free(), Some(2_400_000));
        // In a container, the group of outside does not exist, and its limit is at the mount.
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "400000\n");
        write("proc/self/cgroup", "5:cpu,memory:/docker/abc\n1:name=systemd:/docker/abc\n");
        assert_eq!(free(), Some(600_000));
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "2000000\n");
        assert_eq!(free(), Some(0));
        #[cfg(target_os = "linux")]
        assert!(free_memory().is_some_and(|free| free > 1 << 20));
    }
}
