//! The mock venue by itself: `sideline venue`.

use std::io::{self, BufRead, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;

use super::live::{interrupted, runtime};
use super::{Failure, script};
use crate::venue::fault::Switch;
use crate::venue::script::{Position, Script};
use crate::venue::{self, Content, Endpoints, Options, typed};

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
    /// How often the push clock speaks while the clock runs.
    pub push_clock_every: Duration,
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
    let VenueRun { speed, start, faults, push_clock_every, .. } = what;
    let options = Options { speed, start, faults, push_clock_every, ..Options::new(content) };
    runtime.block_on(async {
        let taken = |cause| {
            Failure::Machine(format!("cannot listen at {}: {cause}; choose another with --listen", what.listen))
        };
        let listener = tokio::net::TcpListener::bind(&what.listen).await.map_err(taken)?;
        let host = listener.local_addr().map_err(taken)?.ip();
        let delivery = tokio::net::TcpListener::bind((host, 0)).await.map_err(taken)?;
        let venue = venue::start(options, listener, delivery).await.map_err(Failure::input)?;
        (what.announce)(&venue.endpoints())?;
        listen(venue.hands())?;
        interrupted().await;
        venue.stop().await;
        Ok(())
    })
}

/// Takes the mock game's corrections from standard input, a line each; answers go to standard error.
fn listen(mut hands: typed::Hands) -> Result<(), Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        if !is_in_foreground() {
            return Ok(());
        }
        eprintln!("correct the game here: {}", typed::HELP);
    }
    let read = move || {
        // The venue goes on when the lines end.
        for line in stdin.lock().lines().map_while(Result::ok) {
            eprintln!("{}", hands.take(&line));
        }
    };
    std::thread::Builder::new().name("hands".into()).spawn(read).map(drop).map_err(Failure::machine)
}

/// Whether the terminal is this program's to read from: the system stops one in the background that tries. Told by the
/// process's group and that of its terminal in `/proc/self/stat`; where there is no such file it is taken for granted.
fn is_in_foreground() -> bool {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return true };
    // The name in parentheses may have spaces in it.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    fields.get(2) == fields.get(5)
}
