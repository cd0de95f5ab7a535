//! `sideline inspect --follow`: a show's feeds connected for real, and what arrives from them told as it arrives.
//!
//! Nothing is drawn and no journal is written. For the day an account is connected for the first time.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::fold::Fold;
use super::live::{interrupted, runtime, start_venue};
use super::{Failure, Show, feeds};
use crate::feed::{self, Followed, QUEUE_REPORTS};
use crate::ids::FeedKind;
use crate::inspect::follow::{Follower, Told};
use crate::time::{Clock, SystemClock};
use crate::venue::Venue;

/// How often it is told how things stand.
const OVERVIEW_EVERY: Duration = Duration::from_secs(5);

/// What to follow.
#[derive(Clone, Debug, Default)]
pub struct Follow {
    /// Feeds of this kind alone.
    pub only: Option<FeedKind>,
    /// Ends by itself.
    pub length: Option<Duration>,
}

/// Follows the feeds of a show until Ctrl-C, its time is over, or `tell` breaks off.
pub fn follow(
    show: &Show,
    what: &Follow,
    mut tell: impl FnMut(&Told) -> ControlFlow<Result<(), Failure>>,
) -> Result<(), Failure> {
    let is_wanted = |kind: FeedKind| what.only.is_none_or(|only| only == kind);
    if !show.file.feeds.iter().any(|feed| is_wanted(feed.kind())) {
        return Err(Failure::Input("the show has no such feed to follow".into()));
    }
    feeds::check(&show.file)?;
    let runtime = runtime()?;
    runtime.block_on(async {
        let venue = if show.file.venue.is_some() { Some(start_venue(show).await?) } else { None };
        let endpoints = venue.as_ref().map(Venue::endpoints);
        let mut options = feeds::options(&show.file, endpoints.as_ref())?;
        options.retain(|options: &feed::Options| is_wanted(options.kind()));
        let decoding = feeds::decoding(&show.file, endpoints.as_ref());
        let followed = Followed::default();
        let mut follower = Follower::new(feeds::rules(&show.file), decoding.clone());
        follower.tell_followed(followed.clone());
        let (reports, mut reported) = mpsc::channel(QUEUE_REPORTS);
        let (stop, stopping) = watch::channel(false);
        feeds::spawn(options, &Fold::new(decoding), &reports, &stopping, &followed);
        let clock = SystemClock::start();
        let mut overview = tokio::time::interval(OVERVIEW_EVERY);
        // The first tick comes at once, when nothing stands yet.
        overview.tick().await;
        let length = async {
            match what.length {
                Some(length) => tokio::time::sleep(length).await,
                None => std::future::pending().await,
            }
        };
        let interrupted = interrupted();
        tokio::pin!(length, interrupted);
        let ended = loop {
            let told = tokio::select! {
                Some(report) = reported.recv() => follower.take(clock.now(), report),
                _ = overview.tick() => Some(Told::Overview(follower.overview(clock.now()))),
                () = &mut interrupted => break Ok(()),
                () = &mut length => break Ok(()),
            };
            if let Some(ControlFlow::Break(ended)) = told.as_ref().map(&mut tell) {
                break ended;
            }
        };
        // How it stood at the end, for whoever only looks at that; a reader that is gone has been noticed above.
        let _ = tell(&Told::Overview(follower.overview(clock.now())));
        // Nobody listens only if the feeds have ended already.
        let _ = stop.send(true);
        if let Some(venue) = venue {
            venue.stop().await;
        }
        ended
    })
}
