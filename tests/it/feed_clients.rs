//! The feed clients against servers that the tests write byte by byte: each test accepts the client's connections one after
//! another, looks at what was asked, and answers. Waits between attempts are a few milliseconds here; their real
//! lengths are tested with paused time beside the code.

mod door;
mod network;
mod push;
mod shottracker;

use std::time::Duration;

use sideline::feed::{self, Options, Policy, Report, Resume};
use sideline::status::Link;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// For any one step of a test; reached only when the test fails.
const PATIENCE: Duration = Duration::from_secs(20);

fn in_a_hurry() -> Policy {
    let moment = Duration::from_millis(2);
    Policy { base: moment, cap: moment, slow: moment, healthy_after: Duration::from_secs(3_600) }
}

/// A feed that runs, and what it reports.
struct Running {
    reports: mpsc::Receiver<Report>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), feed::OptionsError>>,
}

fn start(options: Options, resume: Resume) -> Running {
    feed::install_tls();
    let (sender, reports) = mpsc::channel(feed::QUEUE_REPORTS);
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        let _ = stopped.await;
    };
    Running { reports, stop, task: tokio::spawn(feed::run(options, resume, sender, until)) }
}

/// A report in short: `connecting`, `up`, `up, resumed`, `up: what is missing`, `alive`, `down: why`, `skipped 3 Garbage`, or the message itself.
fn short(report: Report) -> String {
    match report {
        Report::Message { bytes, .. } => String::from_utf8_lossy(&bytes).into_owned(),
        Report::Skipped { bytes, why, .. } => format!("skipped {bytes} {why:?}"),
        Report::Alive { .. } => "alive".into(),
        Report::Link { link: Link::Connecting, .. } => "connecting".into(),
        Report::Link { link: Link::Up, why: None, resumed, .. } => if resumed { "up, resumed" } else { "up" }.into(),
        Report::Link { link: Link::Up, why: Some(why), .. } => format!("up: {why}"),
        Report::Link { link: Link::Down, why, .. } => format!("down: {}", why.expect("down has a reason")),
    }
}

impl Running {
    async fn next(&mut self) -> String {
        let report = tokio::time::timeout(PATIENCE, self.reports.recv()).await.expect("a report in time");
        short(report.expect("the feed runs"))
    }

    /// The next reports. Signs of life are passed over where none is expected: they depend on the time that passed.
    async fn expect(&mut self, expected: &[&str]) {
        for (at, expected) in expected.iter().enumerate() {
            let mut report = self.next().await;
            while report == "alive" && *expected != "alive" {
                report = self.next().await;
            }
            assert_eq!(report, *expected, "report {at}");
        }
    }

    /// Why the link went down; other reports before that are passed over.
    async fn why(&mut self) -> String {
        loop {
            if let Some(why) = self.next().await.strip_prefix("down: ") {
                return why.to_owned();
            }
        }
    }

    async fn stop(self) {
        self.stop.send(()).expect("the feed runs");
        tokio::time::timeout(PATIENCE, self.task).await.expect("it stops").unwrap().unwrap();
    }
}
