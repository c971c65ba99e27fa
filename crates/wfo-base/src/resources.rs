//! What the machine has left: memory and cores.

/// Memory and cores at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resources {
    /// Memory that programs can still take, in MiB; `None` when the system does not say.
    pub memory_free_mb: Option<u64>,
    /// Cores this process may use; `None` when the system does not say.
    pub cpus: Option<usize>,
}

/// Asks the system.
#[must_use]
pub fn resources() -> Resources {
    let memory = sysinfo::System::new().ok().map(|mut system| {
        system.refresh_memory_specifics(sysinfo::MemoryRefreshKind::nothing().with_ram());
        system.available_memory() / (1024 * 1024)
    });
    Resources {
        memory_free_mb: memory.filter(|free| *free > 0),
        cpus: std::thread::available_parallelism().ok().map(std::num::NonZero::get),
    }
}
