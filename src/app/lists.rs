//! Draw lists written into a file as text: what every frame was made of, to read and to compare.
//!
//! In: the list of each frame, from the thread that draws. Out: `frame N` and the list, one after another. A thread of its
//! own prints and writes; on air nothing waits for it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender};

use super::Failure;
use crate::draw_list::DrawList;
use crate::playout::Tap;
use crate::time::FrameIndex;

/// Lists on their way to the file: seconds of a show. When full, on air, the list is counted lost.
const QUEUE_LISTS: usize = 512;

type Listed = (FrameIndex, DrawList);

/// A file that is being written.
pub struct Lists {
    path: PathBuf,
    queue: Sender<Listed>,
    lost: Arc<AtomicU64>,
    thread: JoinHandle<io::Result<()>>,
}

impl Lists {
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let file = File::create(path)
            .map_err(|cause| Failure::Input(format!("cannot write draw lists to {}: {cause}", path.display())))?;
        let (queue, listed) = crossbeam_channel::bounded(QUEUE_LISTS);
        let thread = std::thread::Builder::new()
            .name("lists".into())
            .spawn(move || write(file, &listed))
            .map_err(Failure::machine)?;
        Ok(Self { path: path.to_owned(), queue, lost: Arc::default(), thread })
    }

    /// Listens without making the one who draws wait.
    pub fn on_air(&self) -> Tap {
        let (queue, lost) = (self.queue.clone(), self.lost.clone());
        Box::new(move |index, list| {
            if queue.try_send((index, list.clone())).is_err() {
                lost.fetch_add(1, Ordering::Relaxed);
            }
        })
    }

    /// Listens to every list, however long writing takes.
    pub fn in_lockstep(&self) -> Tap {
        let queue = self.queue.clone();
        // The thread ends before its queue only when the file cannot be written, which `finish` tells.
        Box::new(move |index, list| drop(queue.send((index, list.clone()))))
    }

    /// Writes what is waiting; whoever listened is gone.
    pub fn finish(self) -> Result<(), Failure> {
        let Self { path, queue, lost, thread } = self;
        drop(queue);
        let written = match thread.join() {
            Ok(written) => written,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        let lost = lost.load(Ordering::Relaxed);
        if lost > 0 {
            tracing::error!("{lost} draw lists are not in {}: it could not be written in time", path.display());
        }
        written.map_err(|cause| Failure::Machine(format!("cannot write draw lists to {}: {cause}", path.display())))
    }
}

fn write(file: File, listed: &Receiver<Listed>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    for (index, list) in listed {
        write!(out, "frame {index}\n{list}")?;
    }
    out.flush()
}
