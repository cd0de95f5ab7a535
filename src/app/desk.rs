//! The one place where everything that can change a picture gets its number: the writing end of the journal, live.
//!
//! In: reports of feeds, commands of operators, saves of designers, marks of playout. Out: entries in the journal's file,
//! the latest position for playout, acts in order. Runs as one task; nothing else numbers entries.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use tokio::sync::{mpsc, watch};

use super::bundle::Bundle;
use super::by_hand::Shown;
use super::fold::{Fold, entered};
use super::positions::Positions;
use crate::command::{Command, MOST_DELAY_FRAMES};
use crate::feed::{Followed, Report};
use crate::game::{Rules, view};
use crate::ids::FeedId;
use crate::journal::content::ContentHash;
use crate::journal::file::{Opened, Writer};
use crate::journal::{Body, Entry, Seq, Start};
use crate::playout::{Act, Mark, Ordered, Position};
use crate::status::Link;
use crate::template::Template;
use crate::time::Clock;

/// Commands on their way to the next frame. When full, playout has not drawn for a while: the command is refused and
/// said to be.
pub const COMMANDS: usize = 64;

/// Saves on their way to the next frame. When full, the thread that watches the folder waits.
pub const SAVES: usize = 2;

/// Marks on their way to the journal: more than a minute of frames.
pub const MARKS: usize = 4096;

/// How much of the journal a restart reads beyond the last checkpoint.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(5);

/// Well below the length of a frame's delay that anybody could see.
const LOOK_AT_CLOCK_EVERY: Duration = Duration::from_millis(50);

pub struct Desk {
    seq: Seq,
    fold: Fold,
    journal: Option<Writer>,
    clock: Arc<dyn Clock>,
    position: Arc<ArcSwap<Position>>,
    to_playout: Option<Sender<Ordered>>,
    positions: Positions,
    /// The templates that are on air.
    bundle: Bundle,
    /// By which the game is shown: what a key adds to.
    rules: Rules,
    /// How the journal begins; `None` before it did.
    start: Option<Start>,
    /// Where the clients of feeds read which games these follow.
    followed: Followed,
}

/// What comes in at a desk. An end that nobody holds any more is one where nothing comes.
pub struct Incoming {
    pub reports: mpsc::Receiver<Report>,
    pub commands: mpsc::Receiver<Command>,
    pub saves: mpsc::Receiver<Bundle>,
    pub marks: Receiver<Mark>,
}

impl Desk {
    /// Goes on numbering after the journal's last entry, or after the last that its state knows of, where that one was
    /// left out of the file. Without `to_playout` the show is only recorded.
    pub fn new(
        fold: Fold,
        journal: Option<Opened>,
        clock: Arc<dyn Clock>,
        to_playout: Option<Sender<Ordered>>,
    ) -> Self {
        let (journal, last) = journal.map_or((None, 0), |opened| (Some(opened.writer), opened.last));
        let mut fold = fold;
        if last == 0 {
            fold.forget_recorded();
        }
        let position = fold.position();
        let seq = last.max(position.upto);
        let position = Arc::new(ArcSwap::from_pointee(position));
        let (positions, bundle, rules) = (Positions::default(), Bundle::default(), Rules::default());
        Self {
            seq,
            fold,
            journal,
            clock,
            position,
            to_playout,
            positions,
            bundle,
            rules,
            start: None,
            followed: Followed::default(),
        }
    }

    /// Tells the clients of feeds there which games these follow.
    pub fn tell_followed(&mut self, followed: Followed) {
        self.followed = followed;
    }

    /// Shows the game by these, to commands that depend on what is shown.
    pub fn show_by(&mut self, rules: Rules) {
        self.rules = rules;
    }

    /// Writes fewer positions of players and ball into the journal than are received.
    pub fn thin(&mut self, positions: Positions) {
        self.positions = positions;
    }

    pub fn position(&self) -> Arc<ArcSwap<Position>> {
        self.position.clone()
    }

    /// Begins a run of the show, with these templates on its stage. A journal that holds nothing of what has been so far
    /// begins with all that came of it.
    pub fn begin(&mut self, start: Start, bundle: &Bundle) {
        let is_in_mid_show = self.journal.is_some() && self.fold.has_begun() && !self.fold.has_recorded();
        self.start = Some(start.clone());
        self.enter(Body::Start(start));
        if is_in_mid_show {
            match serde_json::to_value(&self.fold) {
                // The fold is what it says: it is not applied.
                Ok(state) => drop(self.record(Body::State(Box::new(state)))),
                Err(cause) => tracing::error!("the journal begins without what was before: {cause}"),
            }
        }
        self.bundle = bundle.clone();
        self.record_contents(bundle);
        if *self.fold.templates() != bundle.manifest {
            self.enter(Body::Templates(bundle.manifest.clone()));
        }
    }

    /// Begins another journal where the files of this one were taken away.
    fn begin_anew(&mut self) {
        let Some(journal) = self.journal.as_ref().filter(|journal| journal.health().take_wish_for_beginning()) else {
            return;
        };
        let Some(start) = self.start.clone().filter(|_| journal.begin_anew()) else { return };
        self.fold.forget_recorded();
        let bundle = self.bundle.clone();
        self.begin(start, &bundle);
    }

    /// Has the files of templates in the journal, as far as they are not there already.
    fn record_contents(&mut self, bundle: &Bundle) {
        for bytes in bundle.files.values() {
            if !self.fold.is_recorded(&ContentHash::of(bytes)) {
                self.enter(Body::Content(bytes.clone()));
            }
        }
    }

    /// Puts templates on air as they were saved.
    fn saved(&mut self, bundle: Bundle) {
        if bundle.manifest == self.bundle.manifest {
            return;
        }
        let bundle = bundle.after(&self.bundle);
        self.record_contents(&bundle);
        if self.send(Act::Templates(bundle.set.clone())) {
            tracing::info!("on air as saved: {}", changed(&self.bundle, &bundle).join(", "));
            self.bundle = bundle;
            self.enter(Body::Templates(self.bundle.manifest.clone()));
        }
    }

    /// Sends an act to playout under the number of the next entry, before any position that includes it; whether it will be
    /// carried out.
    fn send(&self, act: Act) -> bool {
        let Some(to_playout) = &self.to_playout else { return true };
        match to_playout.try_send(Ordered { seq: self.seq + 1, act, reply: None }) {
            Ok(()) => true,
            Err(TrySendError::Full(Ordered { act: Act::Command(command), .. })) => {
                tracing::error!("playout is behind; refused: {command:?}");
                false
            }
            Err(TrySendError::Full(_)) => {
                tracing::error!("playout is behind; the saved templates are not on air: save them again");
                false
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }

    /// Holds feeds back as the show file says; one whose delay the journal has already keeps that: it was set live.
    pub fn delay(&mut self, delays: impl IntoIterator<Item = (FeedId, u32)>) {
        for (feed, frames) in delays {
            if self.fold.delay(&feed).is_none() && frames > 0 {
                self.enter(Body::Command(Command::SetDelay { feed, frames }));
            }
        }
    }

    /// Serves until `stop` changes; then the journal is written out. A show without feeds is run by hand.
    pub async fn serve(mut self, incoming: Incoming, mut stop: watch::Receiver<bool>) {
        let Incoming { mut reports, mut commands, mut saves, marks } = incoming;
        let mut checkpoints = tokio::time::interval(CHECKPOINT_EVERY);
        loop {
            tokio::select! {
                // A command is what a person waits for: it goes before messages that are already here.
                biased;
                _ = stop.wait_for(|stop| *stop) => break,
                Some(command) = commands.recv() => self.command(command),
                Some(bundle) = saves.recv() => self.saved(bundle),
                _ = checkpoints.tick() => self.checkpoint(),
                () = tokio::time::sleep(self.until_due().unwrap_or_default()), if self.fold.next_due().is_some() => {
                    if self.is_due() {
                        self.enter(Body::Due);
                    }
                }
                Some(report) = reports.recv() => self.report(report),
            }
            self.begin_anew();
            self.record_marks(&marks);
        }
        self.record_marks(&marks);
        self.checkpoint();
        if let Some(journal) = self.journal.take() {
            let health = journal.health();
            journal.close();
            let lost = health.lost();
            if lost > 0 {
                tracing::error!("{lost} entries of the journal could not be written");
            }
        }
    }

    /// How long to sleep until something that is held back for a delay comes due. A rehearsal's clock may be slow, stand
    /// still, or be made faster meanwhile: it is asked again now and then.
    fn until_due(&self) -> Option<Duration> {
        let due = self.fold.next_due()?;
        Some(self.clock.real_time_until(due).unwrap_or(LOOK_AT_CLOCK_EVERY).min(LOOK_AT_CLOCK_EVERY))
    }

    fn is_due(&self) -> bool {
        self.fold.next_due().is_some_and(|due| due <= self.clock.now())
    }

    fn checkpoint(&self) {
        let Some(journal) = &self.journal else { return };
        match serde_json::to_vec(&self.fold) {
            Ok(state) => journal.checkpoint(state),
            Err(cause) => tracing::error!("no checkpoint of the journal: {cause}"),
        }
    }

    fn record_marks(&mut self, marks: &Receiver<Mark>) {
        for Mark { index, after, upto } in marks.try_iter() {
            self.record(Body::Frame { index, after, upto });
        }
    }

    fn report(&mut self, report: Report) {
        if let Report::Link { feed, link, why, .. } = &report {
            match why {
                Some(why) if *link == Link::Up => tracing::warn!("feed {feed}: {why}"),
                Some(why) => tracing::warn!("feed {feed} is down: {why}"),
                None => tracing::info!("feed {feed} is {}", link.name()),
            }
        }
        self.enter(entered(report));
    }

    fn command(&mut self, command: Command) {
        if let Command::SetDelay { feed, .. } | Command::ShiftDelay { feed, .. } = &command
            && !self.fold.feeds().any(|known| known == feed)
        {
            let known: Vec<&str> = self.fold.feeds().map(FeedId::as_str).collect();
            return tracing::warn!("not done: there is no feed `{feed}`; there are: {}", known.join(", "));
        }
        let command = match command {
            Command::ShiftDelay { feed, by } => {
                let known = self.fold.delay(&feed).unwrap_or_default();
                let frames = known.saturating_add_signed(by).min(MOST_DELAY_FRAMES);
                tracing::info!("feed {feed} is held back by {frames} frames");
                Command::SetDelay { feed, frames }
            }
            Command::NextColor { side } => {
                let color = self.fold.color_choice(side).next();
                tracing::info!("colour of the {} team: {}", side, String::from(color));
                Command::SetColor { side, color }
            }
            Command::SetDelay { feed, frames } if frames > MOST_DELAY_FRAMES => {
                return tracing::warn!("not done: {feed} can be held back by {MOST_DELAY_FRAMES} frames at most");
            }
            // Not for a desk: whoever sends commands has taken it out.
            Command::Rehearse(_) => return,
            command => command,
        };
        let position = self.fold.position();
        let game = view(&position.state, &self.rules, self.clock.now());
        let shown = Shown { game: &game, state: &position.state, rules: &self.rules.game };
        let command = match shown.resolve(command) {
            Ok(command) => command,
            Err(refused) => return tracing::warn!("not done: {refused}"),
        };
        if let Command::Correct(_) | Command::Release { .. } | Command::Undo = command {
            tracing::info!("by hand: {command}");
        }
        let command = match self.fold.standing().resolve(command, &self.bundle.set) {
            Ok(command) => command,
            Err(refused) => return tracing::warn!("{refused}"),
        };
        if self.send(Act::Command(command.clone())) {
            self.enter(Body::Command(command));
        }
    }

    /// Numbers what happened now, writes it down, and lets playout see it.
    fn enter(&mut self, body: Body) {
        let entry = self.record(body);
        self.fold.apply(&entry);
        if let Body::Received { feed, .. } = &entry.body
            && let Some(game) = self.fold.game_of(feed)
        {
            self.followed.note(feed, game);
        }
        self.fold.take_oddities().iter().for_each(|oddity| tracing::warn!("{oddity}"));
        self.position.store(Arc::new(self.fold.position()));
    }

    fn record(&mut self, body: Body) -> Entry {
        self.seq += 1;
        let entry = Entry { seq: self.seq, at: self.clock.now(), body };
        if let Some(journal) = self.journal.as_ref().filter(|_| self.positions.keeps(&entry)) {
            journal.append(entry.clone());
        }
        entry
    }
}

/// The templates that two bundles do not share.
fn changed(before: &Bundle, now: &Bundle) -> Vec<String> {
    let is_kept =
        |template: &&Arc<Template>| before.set.get(&template.id).is_some_and(|known| Arc::ptr_eq(known, template));
    now.set.iter().filter(|template| !is_kept(template)).map(|template| template.id.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::feed::{QUEUE_REPORTS, decode};
    use crate::ids::FeedKind;
    use crate::time::{FrameRate, ManualClock, ScaledClock, Timestamp};

    fn shift(by: i32) -> Command {
        Command::ShiftDelay { feed: "tracker".into(), by }
    }

    #[test]
    fn a_shifted_delay_is_entered_as_what_came_of_it_and_stays_in_its_bounds() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
        let (to_playout, taken) = crossbeam_channel::bounded(COMMANDS);
        let feeds = BTreeMap::from([("tracker".into(), decode::Options::default())]);
        let mut desk = Desk::new(Fold::new(feeds), None, clock, Some(to_playout));
        let position = desk.position();
        desk.delay([("tracker".into(), 2)]);
        let shown = |position: &ArcSwap<Position>| -> Vec<u32> {
            position.load().delays.iter().map(|delay| delay.frames).collect()
        };
        let mut after: Vec<Vec<u32>> = vec![shown(&position)];
        for by in [1, 10, -1, -100, 10_000] {
            desk.command(shift(by));
            after.push(shown(&position));
        }
        assert_eq!(after, [[2], [3], [13], [12], [0], [MOST_DELAY_FRAMES]]);
        for (feed, frames) in [("trackr", 12), ("tracker", MOST_DELAY_FRAMES + 1)] {
            desk.command(Command::SetDelay { feed: feed.into(), frames });
        }
        assert_eq!(shown(&position), [MOST_DELAY_FRAMES], "no such feed, and no such delay");
        let entered: Vec<Command> = taken
            .try_iter()
            .filter_map(|ordered| match ordered.act {
                Act::Command(command) => Some(command),
                Act::Templates(_) => None,
            })
            .collect();
        assert_eq!(entered[1], Command::SetDelay { feed: "tracker".into(), frames: 13 });
    }

    #[tokio::test]
    async fn what_is_held_back_comes_due_by_the_clock_of_a_fast_rehearsal_and_not_by_the_walls() {
        let began = Timestamp::from_millis(1_700_000_000_000);
        let clock = Arc::new(ScaledClock::begin(began, 100.0));
        let mut desk = Desk::new(Fold::new(BTreeMap::new()), None, clock.clone(), None);
        let start = Start {
            epoch: began,
            rate: FrameRate::FPS_60,
            show: String::new(),
            folder: "".into(),
            follows: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        desk.begin(start, &Bundle::default());
        // Ten seconds of the show are a tenth of one here.
        desk.delay([("tracker".into(), MOST_DELAY_FRAMES)]);
        let position = desk.position();
        let (reports, reported) = mpsc::channel(QUEUE_REPORTS);
        let (_commands, commands) = mpsc::channel(COMMANDS);
        let (_saves, saves) = mpsc::channel(SAVES);
        let (_marks, marks) = crossbeam_channel::bounded(MARKS);
        let (stop, stopping) = watch::channel(false);
        let serving = tokio::spawn(desk.serve(Incoming { reports: reported, commands, saves, marks }, stopping));
        let bytes = br#"{"type":"data","source":"broadcastsummary","data":{"game_stats":{"home":{"team":{"team_id":1,"PTS":2}},"away":{"team":{"team_id":2,"PTS":0}}}}}"#;
        let message = Report::Message { feed: "tracker".into(), kind: FeedKind::ShotTracker, bytes: bytes[..].into() };
        let sent_at = clock.now();
        reports.send(message).await.expect("the desk listens");
        let shown = || view(&position.load().state, &Rules::default(), clock.now()).home.score;
        while shown().is_none() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let held = clock.now().since(sent_at);
        assert!(held >= Duration::from_secs(9), "{held:?}");
        // By the wall's clock it would be a thousand seconds of the show.
        assert!(held < Duration::from_secs(500), "{held:?}");
        stop.send(true).expect("the desk listens");
        serving.await.expect("ends");
    }
}
