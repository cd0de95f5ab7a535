//! Messages for people, to standard error, by a thread of their own.
//!
//! In: lines, from any thread, playout's among them. Out: the same lines on standard error. Whoever logs never waits: a
//! terminal that stands still (a paused one, a full pipe) costs lines, which are counted and told when it goes on, and never a
//! frame.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines on their way to the terminal: more than any burst at the start of a show.
const LINES: usize = 1024;

/// How long the end of the program waits for a terminal that takes nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Begins to log; `RUST_LOG` chooses others than the operator's messages.
pub(super) fn start() -> io::Result<Log> {
    let (lines, waiting) = crossbeam_channel::bounded(LINES);
    let lost = Arc::new(AtomicU64::new(0));
    let thread = {
        let lost = lost.clone();
        // The status line is where the next line begins, and comes again within a second.
        let before = if io::stderr().is_terminal() { "\r\x1b[2K" } else { "" };
        let write = move || write_out(&waiting, &lost, before, &mut io::stderr());
        std::thread::Builder::new().name("log".into()).spawn(write)?
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("sideline=info,error"));
    let writer = Lines { lines: lines.clone(), lost };
    let colors = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(colors).with_target(false).init();
    Ok(Log { lines, thread })
}

/// What is on its way to the terminal; dropped at the end of the program, it lets that arrive.
pub(super) struct Log {
    lines: Sender<Option<Vec<u8>>>,
    thread: JoinHandle<()>,
}

impl Drop for Log {
    fn drop(&mut self) {
        let until = Instant::now() + PATIENCE;
        if self.lines.send_deadline(None, until).is_ok() {
            while !self.thread.is_finished() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

/// The end that logs: one write is one line.
#[derive(Clone)]
struct Lines {
    lines: Sender<Option<Vec<u8>>>,
    lost: Arc<AtomicU64>,
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.lines.try_send(Some(line.to_vec())).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Lines;

    fn make_writer(&self) -> Lines {
        self.clone()
    }
}

/// Until `None` comes. A terminal that is gone has nobody to tell.
fn write_out(waiting: &Receiver<Option<Vec<u8>>>, lost: &AtomicU64, before: &str, to: &mut impl Write) {
    while let Ok(Some(line)) = waiting.recv() {
        let _ = to.write_all(before.as_bytes()).and_then(|()| to.write_all(&line));
        match lost.swap(0, Ordering::Relaxed) {
            0 => {}
            lines => _ = writeln!(to, "({lines} lines could not be shown here in time)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_that_stands_still_costs_lines_and_never_the_one_who_logs() {
        let (sender, waiting) = crossbeam_channel::bounded(2);
        let lost = Arc::new(AtomicU64::new(0));
        let mut lines = Lines { lines: sender.clone(), lost: lost.clone() };
        for line in ["one\n", "two\n", "three\n", "four\n"] {
            assert_eq!(lines.write(line.as_bytes()).ok(), Some(line.len()), "nobody reads, and it goes on");
        }
        drop((lines, sender));
        let mut shown = Vec::new();
        write_out(&waiting, &lost, "", &mut shown);
        assert_eq!(String::from_utf8_lossy(&shown), "one\n(2 lines could not be shown here in time)\ntwo\n");
    }
}
