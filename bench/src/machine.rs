//! What the figures were measured on.

use std::fs;

use groma_model::{Clock as _, SystemClock};

/// Returns one line: processor, cores, memory, kernel, day, and how busy it was.
pub(crate) fn describe() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or("unknown", |(_, value)| value.trim()).to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let kib: f64 = memory.trim_end_matches(" kB").parse().unwrap_or_default();
    let now = SystemClock.now().to_string();
    // The 17th field behind the program's name, which may hold anything but a closing bracket at its end.
    let stat = read("/proc/self/stat");
    let niceness = stat.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(16));
    format!(
        "{}, {cores} cores, {:.0} GiB, Linux {}, {}; niceness {}, load averages at the end {}",
        field(&read("/proc/cpuinfo"), "model name"),
        kib / f64::from(1 << 20),
        read("/proc/sys/kernel/osrelease").trim(),
        now.get(..10).unwrap_or_default(),
        niceness.unwrap_or("unknown"),
        read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
    )
}
