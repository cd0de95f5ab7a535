//! Tells when the show file is edited while its show is on air: a show goes on as it began, and nothing says so by itself.
//!
//! In: the file, and its text as it was when the show began. Out: a sentence for the operator while the file says something
//! else, whether what it says now would be accepted or not. Runs on a thread of its own, which looks now and then; nothing of
//! what it reads takes effect.

use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

use crate::config;

/// Nobody waits for it: the change takes effect at the next start.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Looks until it is dropped.
pub struct ShowFileWatch {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ShowFileWatch {
    /// `began`: the text that the show began with. `tell` gets each change of what is to be said; `None`: the file is again as
    /// it was.
    pub fn start(
        file: PathBuf,
        began: String,
        mut tell: impl FnMut(Option<String>) + Send + 'static,
    ) -> io::Result<ShowFileWatch> {
        let (stop, stopped) = crossbeam_channel::bounded::<()>(1);
        let thread = std::thread::Builder::new().name("show file".into()).spawn(move || {
            let (mut told, mut last) = (began.clone(), began.clone());
            while goes_on(&stopped) {
                // One that is not there is being renamed over by an editor, or was taken away: the show does not need it.
                let Ok(text) = std::fs::read_to_string(&file) else { continue };
                // Half of a save may be there: it is whole when it has not changed from one look to the next.
                if text == last && text != told {
                    tell((text != began).then(|| what_it_says(&file, &text)));
                    told.clone_from(&text);
                }
                last = text;
            }
        })?;
        Ok(ShowFileWatch { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for ShowFileWatch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been printed by its own hook; the show is over either way.
            let _ = thread.join();
        }
    }
}

fn goes_on(stopped: &Receiver<()>) -> bool {
    matches!(stopped.recv_timeout(LOOK_EVERY), Err(RecvTimeoutError::Timeout))
}

/// What an operator has to know of a show file that is another one than the show was started with.
fn what_it_says(file: &Path, text: &str) -> String {
    let name = file.file_name().map_or_else(|| file.display().to_string(), |name| name.to_string_lossy().into_owned());
    match config::parse(file, text) {
        Ok(_) => format!("{name} was changed; that takes effect when the show is started again"),
        Err(problems) => {
            let first = problems.to_string();
            let first = first.lines().next().unwrap_or_default();
            format!("{name} was changed and would be refused at the next start; the show goes on as it began: {first}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOW: &str = "[show]\nname = \"x\"\n";

    #[test]
    fn each_save_is_told_once_with_what_it_would_do_and_taken_back_with_the_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("show.toml");
        std::fs::write(&file, SHOW).unwrap();
        let (told, heard) = crossbeam_channel::bounded(8);
        let tell = move |what| told.send(what).unwrap();
        let watch = ShowFileWatch::start(file.clone(), SHOW.to_owned(), tell).unwrap();
        let next = |text: &str| -> Option<String> {
            std::fs::write(&file, text).unwrap();
            heard.recv_timeout(Duration::from_secs(60)).expect("it is looked at again")
        };
        let changed = next("[show]\nname = \"y\"\n").unwrap();
        assert_eq!(changed, "show.toml was changed; that takes effect when the show is started again");
        let refused = next("[show]\nname = \"y\"\nnmae = \"z\"\n").unwrap();
        assert!(refused.contains("would be refused") && refused.contains(":3:1"), "{refused}");
        assert_eq!(next(SHOW), None);
        drop(watch);
        assert!(heard.is_empty());
    }
}
