//! How the writing of a journal goes, for whoever shows it: set by the writing thread, read once a frame.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::ArcSwapOption;

#[derive(Debug, Default)]
pub struct Health {
    lost: AtomicU64,
    trouble: ArcSwapOption<String>,
    wants_beginning: AtomicBool,
}

impl Health {
    /// Entries that are in no file and never will be: a replay will lack them.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Why nothing can be written now; what is received meanwhile is kept in memory for a while. `None` when all is well.
    pub fn trouble(&self) -> Option<Arc<String>> {
        self.trouble.load_full()
    }

    /// Whether the files were taken away, so that another journal has to begin. Asked and answered once.
    pub fn take_wish_for_beginning(&self) -> bool {
        self.wants_beginning.swap(false, Ordering::Relaxed)
    }

    pub(super) fn wish_for_beginning(&self) {
        self.wants_beginning.store(true, Ordering::Relaxed);
    }

    pub(super) fn count_lost(&self, entries: u64) {
        self.lost.fetch_add(entries, Ordering::Relaxed);
    }

    pub(super) fn set_trouble(&self, trouble: Option<String>) {
        self.trouble.store(trouble.map(Arc::new));
    }
}
