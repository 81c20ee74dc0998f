//! Points at which a process may die: tests end it at each of them and look at what is left.

#[cfg(test)]
thread_local! {
    /// Steps that may still be passed; `None`: all.
    pub(crate) static STEPS_LEFT: std::cell::Cell<Option<u32>> = const { std::cell::Cell::new(None) };
}

/// Marks a point between two changes on the disk; does nothing outside this crate's own tests.
pub(crate) fn step(_name: &'static str) {
    #[cfg(test)]
    STEPS_LEFT.with(|left| match left.get() {
        Some(0) => {
            left.set(None);
            std::panic::panic_any(_name);
        }
        Some(steps) => left.set(Some(steps - 1)),
        None => {}
    });
}
