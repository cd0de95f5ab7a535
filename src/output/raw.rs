//! Uncompressed frames, one after another without headers: to a file, standard output, or a TCP connection.
//!
//! What OBS and ffmpeg read as `rawvideo`: rows top to bottom, four bytes a pixel, no padding. Size and rate are agreed
//! on beforehand.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{Destination, Signal};
use crate::frame::{Frame, Need};

/// Where raw frames go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    Stdout,
    File(PathBuf),
    /// Connects to `host:port`.
    Connect(String),
    /// Listens at `host:port` and serves one reader at a time.
    Listen(String),
}

impl Target {
    /// `stdout`, `tcp://host:port`, `tcp-listen://host:port`, or a file path.
    pub fn parse(text: &str) -> Target {
        if text == "stdout" || text == "-" {
            Target::Stdout
        } else if let Some(address) = text.strip_prefix("tcp://") {
            Target::Connect(address.to_owned())
        } else if let Some(address) = text.strip_prefix("tcp-listen://") {
            Target::Listen(address.to_owned())
        } else {
            Target::File(text.into())
        }
    }
}

/// How often a blocked write or accept looks whether the output is to stop.
const STOP_CHECK: Duration = Duration::from_millis(100);

/// How long to wait for a connection to be accepted.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub struct Raw {
    target: Target,
    need: Need,
    listener: Option<TcpListener>,
    stream: Option<Stream>,
    written_before: bool,
}

#[derive(Debug)]
enum Stream {
    Stdout(io::Stdout),
    File(File),
    Tcp(TcpStream),
}

impl Raw {
    pub fn new(target: Target, need: Need) -> Self {
        Self { target, need, listener: None, stream: None, written_before: false }
    }

    fn accept(&mut self, address: &str) -> io::Result<Option<TcpStream>> {
        let listener = match &self.listener {
            Some(listener) => listener,
            None => {
                let listener = TcpListener::bind(address)?;
                listener.set_nonblocking(true)?;
                self.listener.insert(listener)
            }
        };
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false)?;
                Ok(Some(stream))
            }
            Err(cause) if cause.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(cause) => Err(cause),
        }
    }
}

impl Destination for Raw {
    fn need(&self) -> Need {
        self.need
    }

    fn open(&mut self, _signal: Signal, _stop: &AtomicBool) -> io::Result<bool> {
        let stream = match self.target.clone() {
            Target::Stdout => Stream::Stdout(io::stdout()),
            Target::File(path) => {
                // After a failure the file is carried on, not begun again.
                let mut options = OpenOptions::new();
                options.create(true).write(true).append(self.written_before).truncate(!self.written_before);
                Stream::File(options.open(&path).map_err(|cause| named(&cause, &path.display().to_string()))?)
            }
            Target::Connect(address) => Stream::Tcp(connect(&address).map_err(|cause| named(&cause, &address))?),
            Target::Listen(address) => match self.accept(&address).map_err(|cause| named(&cause, &address))? {
                Some(stream) => Stream::Tcp(stream),
                None => return Ok(false),
            },
        };
        if let Stream::Tcp(stream) = &stream {
            stream.set_write_timeout(Some(STOP_CHECK))?;
            stream.set_nodelay(true)?;
        }
        self.stream = Some(stream);
        self.written_before = true;
        Ok(true)
    }

    fn is_waiting(&self) -> bool {
        self.listener.is_some() && self.stream.is_none()
    }

    fn send(&mut self, frame: &Frame, stop: &AtomicBool) -> io::Result<()> {
        let picture = frame.picture(self.need).ok_or_else(|| {
            io::Error::new(ErrorKind::InvalidData, "the frame was drawn before this output declared its needs")
        })?;
        let stream = self.stream.as_mut().ok_or(ErrorKind::NotConnected)?;
        for band in &picture.bands {
            match stream {
                Stream::Stdout(stdout) => stdout.write_all(&band.bytes)?,
                Stream::File(file) => file.write_all(&band.bytes)?,
                Stream::Tcp(tcp) => write_patiently(tcp, &band.bytes, stop)?,
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        if let Some(Stream::Stdout(mut stdout)) = self.stream.take() {
            // The reader may be gone already, and then there is nobody to tell.
            let _ = stdout.flush();
        }
    }
}

fn named(cause: &io::Error, place: &str) -> io::Error {
    io::Error::new(cause.kind(), format!("{place}: {cause}"))
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let addresses: Vec<SocketAddr> = address.to_socket_addrs()?.collect();
    let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT_LIMIT) {
            Ok(stream) => return Ok(stream),
            Err(cause) => last = cause,
        }
    }
    Err(last)
}

/// Writes everything, however slowly it is read, unless the output is to stop.
fn write_patiently(stream: &mut TcpStream, mut bytes: &[u8], stop: &AtomicBool) -> io::Result<()> {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(cause) if matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if stop.load(Ordering::Relaxed) {
                    return Err(io::Error::new(ErrorKind::TimedOut, "the reader stopped reading"));
                }
            }
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_told_by_its_scheme() {
        assert_eq!(Target::parse("stdout"), Target::Stdout);
        assert_eq!(Target::parse("tcp://a:1"), Target::Connect("a:1".into()));
        assert_eq!(Target::parse("tcp-listen://0.0.0.0:9"), Target::Listen("0.0.0.0:9".into()));
        assert_eq!(Target::parse("out/show.raw"), Target::File("out/show.raw".into()));
    }
}
