//! Frames piped into a child `ffmpeg`, which encodes them into a file or a stream.
//!
//! The child runs in a process group of its own, so that Ctrl-C on the terminal reaches us alone: we close its input,
//! it writes the end of its file, and the file plays.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Destination, Signal};
use crate::frame::{Alpha, Frame, Need, PixelFormat};

/// How long ffmpeg may take to finish its file after its input ended, when the show is stopped by Ctrl-C.
pub const FINISH_LIMIT_ON_AIR: Duration = Duration::from_millis(1500);

/// The same for a file made in lockstep, where nobody waits for the prompt.
pub const FINISH_LIMIT_OFFLINE: Duration = Duration::from_secs(120);

#[derive(Debug)]
pub struct Ffmpeg {
    to: String,
    options: Vec<String>,
    alpha: Alpha,
    finish_limit: Duration,
    child: Option<Child>,
    /// The last lines that ffmpeg said: why it ended, when it does.
    said: Arc<Mutex<VecDeque<String>>>,
    attempts: u32,
    keeps: bool,
}

impl Ffmpeg {
    /// `to` is a file or an address; `options` stand between input and output on ffmpeg's command line.
    pub fn new(to: String, options: Vec<String>, alpha: Alpha, finish_limit: Duration) -> Self {
        Self { to, options, alpha, finish_limit, child: None, said: Arc::default(), attempts: 0, keeps: false }
    }

    /// Overwrites no file of an earlier show either: a show that is started again must not cost its recording.
    pub fn keeping_files(mut self) -> Self {
        self.keeps = true;
        self
    }

    /// A file that was begun before is not overwritten: the next one is called `name-2.mov`.
    fn destination(&self) -> PathBuf {
        let path = Path::new(&self.to);
        if self.to.contains("://") {
            return path.to_owned();
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
        let numbered = |number: u32| match number {
            0 | 1 => path.to_owned(),
            number => path.with_file_name(format!("{stem}-{number}{ending}")),
        };
        let is_kept = |path: &Path| self.keeps && path.metadata().is_ok_and(|file| file.is_file() && file.len() > 0);
        (self.attempts..u32::MAX).map(numbered).find(|path| !is_kept(path)).unwrap_or_else(|| path.to_owned())
    }

    fn why(&self, cause: &io::Error) -> io::Error {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let last = said.iter().cloned().collect::<Vec<_>>().join("; ");
        let told = if last.is_empty() { cause.to_string() } else { last };
        io::Error::new(cause.kind(), format!("ffmpeg ended: {told}"))
    }
}

impl Destination for Ffmpeg {
    fn need(&self) -> Need {
        Need { format: PixelFormat::Rgba, alpha: self.alpha }
    }

    fn open(&mut self, signal: Signal, _stop: &AtomicBool) -> io::Result<bool> {
        self.attempts += 1;
        let destination = self.destination();
        if destination != Path::new(&self.to) {
            tracing::info!("{} is there already: recording into {}", self.to, destination.display());
        }
        if let Some(folder) = destination.parent().filter(|_| !self.to.contains("://")) {
            std::fs::create_dir_all(folder)?;
        }
        let mut command = Command::new("ffmpeg");
        command
            .args(["-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgba"])
            .args(["-video_size", &signal.size.to_string()])
            .args(["-framerate", &format!("{}/{}", signal.rate.num(), signal.rate.den())])
            .args(["-i", "-"])
            .args(&self.options)
            .arg(&destination)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|cause| match cause.kind() {
            ErrorKind::NotFound => io::Error::new(
                ErrorKind::NotFound,
                "there is no `ffmpeg` here; install it (Debian: apt install ffmpeg)",
            ),
            _ => cause,
        })?;
        if let Some(stderr) = child.stderr.take() {
            listen(stderr, self.said.clone())?;
        }
        self.child = Some(child);
        Ok(true)
    }

    fn send(&mut self, frame: &Frame, _stop: &AtomicBool) -> io::Result<()> {
        let picture = frame.picture(self.need()).ok_or_else(|| {
            io::Error::new(ErrorKind::InvalidData, "the frame was drawn before this output declared its needs")
        })?;
        let input = self.child.as_mut().and_then(|child| child.stdin.as_mut()).ok_or(ErrorKind::NotConnected)?;
        let written = picture.bands.iter().try_for_each(|band| input.write_all(&band.bytes));
        written.map_err(|cause| self.why(&cause))
    }

    fn close(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        drop(child.stdin.take());
        let deadline = Instant::now() + self.finish_limit;
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return,
                Ok(Some(status)) => return tracing::warn!("ffmpeg ended with {status}; {} may be cut short", self.to),
                Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                Ok(None) | Err(_) => break,
            }
        }
        tracing::warn!("ffmpeg did not finish {} in time and was stopped", self.to);
        // It is gone already if this fails.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Keeps the last lines of what ffmpeg says, until it ends.
fn listen(stderr: ChildStderr, said: Arc<Mutex<VecDeque<String>>>) -> io::Result<()> {
    const LINES_KEPT: usize = 4;
    std::thread::Builder::new().name("ffmpeg-stderr".into()).spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_back(line);
            if said.len() > LINES_KEPT {
                said.pop_front();
            }
        }
    })?;
    Ok(())
}
