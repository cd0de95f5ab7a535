//! The loop of an output's thread: open, send at a constant rate, close, open again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::{Destination, Intake, Signal, missing};
use crate::frame::Frame;

/// Pauses between attempts to open grow from the first to the second.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Runs until playout lets the output go; then what was accepted is sent and the destination closed.
pub fn supervise(intake: Intake, mut destination: Box<dyn Destination>, signal: Signal) {
    let mut link = Link::Closed { retry_at: Instant::now(), pause: FIRST_PAUSE };
    let mut last: Option<Arc<Frame>> = None;
    let mut opened_before = false;
    while let Some(frame) = intake.next() {
        if intake.shared.stop.load(Ordering::Relaxed) {
            break;
        }
        if let Link::Closed { retry_at, pause } = link {
            if Instant::now() >= retry_at {
                link = open(&intake, destination.as_mut(), signal, pause, opened_before);
            }
            match link {
                Link::Open => {}
                // Nobody asked for these frames.
                Link::Closed { .. } if !opened_before && destination.is_waiting() => continue,
                Link::Closed { .. } => {
                    intake.shared.dropped.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
            }
            opened_before = true;
            // A new stream starts with the present, not with repeats for the time it was closed.
            last = None;
        }
        if let Err(cause) = send(&intake, destination.as_mut(), last.as_deref(), &frame) {
            destination.close();
            tracing::warn!("output {} lost: {cause}; it will be opened again", intake.shared.id);
            intake.in_trouble(Some(cause.to_string()));
            link = Link::Closed { retry_at: Instant::now() + FIRST_PAUSE, pause: FIRST_PAUSE };
        }
        last = Some(frame);
    }
    if matches!(link, Link::Open) {
        destination.close();
    }
}

enum Link {
    Open,
    Closed { retry_at: Instant, pause: Duration },
}

fn open(
    intake: &Intake,
    destination: &mut dyn Destination,
    signal: Signal,
    pause: Duration,
    opened_before: bool,
) -> Link {
    match destination.open(signal, &intake.shared.stop) {
        Ok(true) => {
            if opened_before {
                intake.shared.reconnects.fetch_add(1, Ordering::Relaxed);
            }
            tracing::info!("output {} is open", intake.shared.id);
            intake.in_trouble(None);
            Link::Open
        }
        Ok(false) => {
            intake.in_trouble(Some("waiting for a reader".into()));
            Link::Closed { retry_at: Instant::now(), pause }
        }
        Err(cause) => {
            // Once per outage, not per attempt; the status shows the rest.
            if pause == FIRST_PAUSE {
                tracing::warn!("output {} cannot be opened: {cause}", intake.shared.id);
            }
            intake.in_trouble(Some(cause.to_string()));
            Link::Closed { retry_at: Instant::now() + pause, pause: (pause * 2).min(LONGEST_PAUSE) }
        }
    }
}

fn send(
    intake: &Intake,
    destination: &mut dyn Destination,
    last: Option<&Frame>,
    frame: &Frame,
) -> std::io::Result<()> {
    if let Some(last) = last.filter(|_| intake.shared.repeats.load(Ordering::Relaxed)) {
        for _ in 0..missing(Some(last.index), frame.index) {
            destination.send(last, &intake.shared.stop)?;
            intake.count_repeated();
        }
    }
    destination.send(frame, &intake.shared.stop)?;
    intake.count_sent();
    Ok(())
}
