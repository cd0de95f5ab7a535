//! Playout with a desk behind it: wiring them, running them on their threads, ending them in order.
//!
//! A show has one turn. A rehearsal that is played again and again has one after another: each with a desk, a clock and a
//! stage of its own, all before the same outputs, window and keys.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{mpsc, watch};

use super::bundle::Bundle;
use super::conduct::Baton;
use super::desk::{COMMANDS, Desk, Incoming, MARKS, SAVES};
use super::fold::Fold;
use super::positions::Positions;
use super::standing::Standing;
use super::understudy::HandOver;
use super::{Failure, outputs};
use crate::command::Command;
use crate::feed::{Followed, QUEUE_REPORTS, Report};
use crate::game::Rules;
use crate::ids::FeedId;
use crate::journal::Start;
use crate::journal::file::Opened;
use crate::output::Output;
use crate::playout::{self, NO_END, Program};
use crate::problem::Problem;
use crate::status::{Rehearsal, Status};
use crate::time::{Clock, Timestamp};

/// Outputs may take this long to send what they accepted and close their files: with the other steps, a show that is
/// stopped is over in two seconds.
const OUTPUTS_LIMIT: Duration = Duration::from_millis(1600);

/// What stays the same from turn to turn.
#[derive(Clone)]
pub(super) struct Shared {
    pub status: Arc<ArcSwapOption<Status>>,
    /// Why the templates as they were saved last are not on air.
    pub template_problems: Arc<ArcSwap<Vec<Problem>>>,
    /// What there is to say of a show file that is not as it was when the show began.
    pub show_file: Arc<ArcSwapOption<String>>,
    /// The desk of this turn; none before the first.
    reach: Arc<ArcSwapOption<Reach>>,
    /// The templates that were saved last and right since the show began.
    saved: Arc<ArcSwapOption<Bundle>>,
    /// Who steers a rehearsal; none on air.
    pub baton: Arc<ArcSwapOption<Baton>>,
    /// What operators put on their layers in a rehearsal, to be taken along to another place.
    today: Arc<Mutex<Standing>>,
    /// How a rehearsal is played, for the status.
    pub rehearsal: Arc<ArcSwapOption<Rehearsal>>,
    /// The turn ends before this frame.
    pub until: Arc<AtomicU64>,
    /// The turn ends now.
    pub over: Arc<AtomicBool>,
    pub stop: Arc<AtomicBool>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            status: Arc::default(),
            template_problems: Arc::default(),
            show_file: Arc::default(),
            reach: Arc::default(),
            saved: Arc::default(),
            baton: Arc::default(),
            today: Arc::default(),
            rehearsal: Arc::default(),
            until: Arc::new(AtomicU64::new(NO_END)),
            over: Arc::default(),
            stop: Arc::default(),
        }
    }
}

/// Where operators and designers reach a desk.
struct Reach {
    commands: mpsc::Sender<Command>,
    saves: mpsc::Sender<Bundle>,
}

impl Shared {
    /// Hands a command to the desk, or to whoever steers the rehearsal; never waits.
    pub fn send(&self, command: Command) {
        let baton = self.baton.load();
        if let Command::Rehearse(transport) = command {
            match &*baton {
                Some(baton) if baton.steer(transport) => {}
                Some(_) => tracing::error!("too many commands at once; the last one was not taken"),
                None => tracing::warn!("not done: only a rehearsal (`sideline replay`) can be steered"),
            }
            return;
        }
        if baton.is_some() {
            self.today.lock().unwrap_or_else(PoisonError::into_inner).apply(&command);
        }
        // The queue is full only when nothing has been taken for a while; the key is pressed again then.
        if self.reach.load().as_ref().is_some_and(|reach| reach.commands.try_send(command).is_err()) {
            tracing::error!("too many commands at once; the last one was not taken");
        }
    }

    /// Hands saved templates to the desk, waiting for room: never called from a task.
    pub fn save(&self, bundle: Bundle) {
        self.saved.store(Some(Arc::new(bundle.clone())));
        if let Some(reach) = self.reach.load_full() {
            // The desk is gone only when the turn is over.
            let _ = reach.saves.blocking_send(bundle);
        }
    }

    /// What operators put on their layers since the rehearsal began.
    pub fn today(&self) -> Standing {
        self.today.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn saved(&self) -> Option<Bundle> {
        self.saved.load().as_deref().cloned()
    }
}

/// What feeds a desk: where it is told of messages, commands and saves, and when it ends.
pub(super) struct Inlets {
    pub reports: mpsc::Sender<Report>,
    pub commands: mpsc::Sender<Command>,
    pub saves: mpsc::Sender<Bundle>,
    pub stopping: watch::Receiver<bool>,
    /// Which games the feeds follow.
    pub followed: Followed,
}

/// What a desk begins with.
pub(super) struct Beginning {
    pub fold: Fold,
    pub journal: Option<Opened>,
    pub clock: Arc<dyn Clock>,
    pub start: Start,
    /// The templates on the stage.
    pub bundle: Bundle,
    pub delays: Vec<(FeedId, u32)>,
    /// By which the game is shown.
    pub rules: Rules,
    /// Which positions of players and ball are written down.
    pub positions: Positions,
}

/// Everything between the network and playout, running.
pub(super) struct Turn {
    exchange: playout::Exchange,
    clock: Arc<dyn Clock>,
    epoch: Timestamp,
    /// What was on air when an earlier run of this show ended.
    put_back: Vec<Command>,
    /// The stage to go on with, in place of the program's.
    hand_over: Option<HandOver>,
    stop_network: watch::Sender<bool>,
    /// The desk's task, until it was waited for.
    serving: Option<tokio::task::JoinHandle<()>>,
}

impl Turn {
    /// Joins playout to a desk, and the desk to whatever `begin` starts. Called within the runtime.
    pub fn wire(beginning: Beginning, shared: &Shared, begin: impl FnOnce(&Fold, Inlets)) -> Turn {
        let Beginning { fold, journal, clock, start, bundle, delays, rules, positions } = beginning;
        let (to_playout, acts_in_order) = crossbeam_channel::bounded(COMMANDS);
        let (marks, marked) = crossbeam_channel::bounded(MARKS);
        let (reports, reported) = mpsc::channel(QUEUE_REPORTS);
        let (commands, commanded) = mpsc::channel(COMMANDS);
        let (saves, saved) = mpsc::channel(SAVES);
        let (stop_network, stopping) = watch::channel(false);
        shared.reach.store(Some(Arc::new(Reach { commands: commands.clone(), saves: saves.clone() })));
        let followed = Followed::default();
        let inlets = Inlets { reports, commands, saves, stopping: stopping.clone(), followed: followed.clone() };
        begin(&fold, inlets);
        let epoch = start.epoch;
        let put_back = fold.standing().commands();
        let health = journal.as_ref().map(|opened| opened.writer.health()).unwrap_or_default();
        let mut desk = Desk::new(fold, journal, clock.clone(), Some(to_playout));
        desk.tell_followed(followed);
        desk.thin(positions);
        desk.show_by(rules);
        desk.begin(start, &bundle);
        desk.delay(delays);
        let position = desk.position();
        let incoming = Incoming { reports: reported, commands: commanded, saves: saved, marks: marked };
        let serving = tokio::spawn(desk.serve(incoming, stopping));
        let exchange = playout::Exchange {
            position,
            acts: acts_in_order,
            marks,
            status: shared.status.clone(),
            journal: health,
            template_problems: shared.template_problems.clone(),
            show_file: shared.show_file.clone(),
            rehearsal: shared.rehearsal.clone(),
            until: shared.until.clone(),
            over: shared.over.clone(),
            stop: shared.stop.clone(),
        };
        Turn { exchange, clock, epoch, put_back, hand_over: None, stop_network, serving: Some(serving) }
    }
}

impl Turn {
    /// Goes on with a stage as it stood, in place of what the desk knows of it; `on_top` of it stands what operators have
    /// put on their layers since.
    pub fn go_on_with(&mut self, hand_over: HandOver, on_top: &Standing) {
        self.put_back = on_top.commands();
        self.hand_over = Some(hand_over);
    }

    /// Ends everything before playout, and waits until the journal is written.
    fn end(&mut self, network: &Handle) {
        // Nobody listens only if the network has ended already.
        let _ = self.stop_network.send(true);
        if let Some(serving) = self.serving.take() {
            let _ = network.block_on(serving);
        }
    }
}

/// Ends the show with playout's thread, however that ends: a window over a dead program would look alive.
struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Playout's thread and what is needed to end it.
pub(super) struct OnAir {
    playout: JoinHandle<Played>,
    shared: Shared,
}

/// What is left when playout has ended.
struct Played {
    outputs: Vec<Output>,
    status: Status,
    last: Turn,
}

impl OnAir {
    /// Starts playout. When a turn is over and the show is not, `next` gives the one after it.
    pub fn start(
        mut program: Program,
        outputs: Vec<Output>,
        first: Turn,
        shared: Shared,
        network: Handle,
        mut next: impl FnMut() -> Option<Turn> + Send + 'static,
    ) -> Result<Self, Failure> {
        let play = {
            let stop = shared.stop.clone();
            move || {
                let _over = SetOnDrop(stop.clone());
                let mut turn = first;
                loop {
                    let status = play(&mut program, &outputs, &mut turn);
                    if stop.load(Ordering::Relaxed) {
                        return Played { outputs, status, last: turn };
                    }
                    // The next turn may write where this one wrote.
                    turn.end(&network);
                    match next() {
                        None => return Played { outputs, status, last: turn },
                        Some(following) => turn = following,
                    }
                }
            }
        };
        let playout = std::thread::Builder::new().name("playout".into()).spawn(play).map_err(Failure::machine)?;
        Ok(Self { playout, shared })
    }

    /// Waits for the end, telling the operator once a second how the show does.
    pub fn wait(&self) {
        let mut line = StatusLine::default();
        while !self.shared.stop.load(Ordering::Relaxed) && !self.playout.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
            line.show(&self.shared.status);
        }
    }

    /// Ends what is running, in order; `stop` has been set.
    pub fn finish(self, runtime: &Runtime) -> Status {
        let Played { outputs, status, mut last } = match self.playout.join() {
            Ok(played) => played,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        // The last turn may have ended before it drew a frame that says so.
        let rehearsal = self.shared.rehearsal.load_full();
        let status = Status { outputs: outputs::finish(outputs, OUTPUTS_LIMIT), rehearsal, ..status };
        last.end(runtime.handle());
        status
    }
}

fn play(program: &mut Program, outputs: &[Output], turn: &mut Turn) -> Status {
    if let Some(HandOver { stage, rules }) = turn.hand_over.take() {
        program.restart(stage, rules);
    }
    let first = program.rate().frame_at(turn.clock.now().since(turn.epoch));
    program.put_back(first, &std::mem::take(&mut turn.put_back));
    playout::run(program, outputs, &turn.exchange, &*turn.clock, turn.epoch)
}

/// One line on a terminal's standard error, once a second; nothing where nobody watches.
#[derive(Default)]
struct StatusLine {
    shown_at: Option<Instant>,
}

impl StatusLine {
    fn show(&mut self, status: &ArcSwapOption<Status>) {
        use std::io::{IsTerminal, Write};
        if self.shown_at.is_some_and(|at| at.elapsed() < Duration::from_secs(1)) {
            return;
        }
        self.shown_at = Some(Instant::now());
        let mut stderr = std::io::stderr();
        if let Some(status) = &*status.load()
            && stderr.is_terminal()
        {
            // A terminal that is gone has nobody to read the line.
            // Without wrapping: a line that is longer than the terminal is cut at its edge, and does not push lines up.
            let _ = write!(stderr, "\r\x1b[2K\x1b[?7l{status}\x1b[?7h");
            let _ = stderr.flush();
        }
    }
}
