//! The mock venue by itself: `sideline venue`.

use std::path::PathBuf;

use super::live::{interrupted, runtime};
use super::{Failure, script};
use crate::venue::fault::Switch;
use crate::venue::script::{Position, Script};
use crate::venue::{self, Content, Endpoints, Options};

/// Tells where the venue is, once it listens.
pub type Announce = Box<dyn FnOnce(&Endpoints) -> Result<(), Failure>>;

/// What to serve, and where.
pub struct VenueRun {
    /// A game script; the built-in game when absent.
    pub game: Option<PathBuf>,
    /// A recorded Sportradar stream, served byte for byte instead of a game.
    pub capture: Option<PathBuf>,
    pub speed: f64,
    pub start: Option<Position>,
    /// What goes wrong from the start.
    pub faults: Vec<Switch>,
    /// `host:port`
    pub listen: String,
    pub announce: Announce,
}

/// Serves until Ctrl-C.
pub fn run_venue(what: VenueRun) -> Result<(), Failure> {
    let runtime = runtime()?;
    let content = match (&what.capture, &what.game) {
        (Some(path), _) => {
            let bytes = std::fs::read(path)
                .map_err(|cause| Failure::Input(format!("cannot read the capture {}: {cause}", path.display())))?;
            Content::Capture(bytes.into())
        }
        (None, Some(path)) => Content::Script(script(path)?),
        (None, None) => Content::Script(Script::builtin()),
    };
    let options = Options { speed: what.speed, start: what.start, faults: what.faults, ..Options::new(content) };
    runtime.block_on(async {
        let taken = |cause| {
            Failure::Machine(format!("cannot listen at {}: {cause}; choose another with --listen", what.listen))
        };
        let listener = tokio::net::TcpListener::bind(&what.listen).await.map_err(taken)?;
        let host = listener.local_addr().map_err(taken)?.ip();
        let delivery = tokio::net::TcpListener::bind((host, 0)).await.map_err(taken)?;
        let venue = venue::start(options, listener, delivery).await.map_err(Failure::input)?;
        (what.announce)(&venue.endpoints())?;
        interrupted().await;
        venue.stop().await;
        Ok(())
    })
}
