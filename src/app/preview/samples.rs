//! Games to look at a template with: the moments in which graphics break.

use std::sync::Arc;

use crate::game::snapshot::GameSnapshot;
use crate::template;

/// A game under a name.
#[derive(Clone, Debug)]
pub struct Sample {
    pub name: &'static str,
    pub game: Arc<GameSnapshot>,
}

const TEXTS: [(&str, &str); 14] = [
    ("mid-game", include_str!("../../../fixtures/snapshots/mid-game.json")),
    ("pre-game", include_str!("../../../fixtures/snapshots/pre-game.json")),
    ("tip-off", include_str!("../../../fixtures/snapshots/tip-off.json")),
    ("tenths", include_str!("../../../fixtures/snapshots/tenths.json")),
    ("overtime", include_str!("../../../fixtures/snapshots/overtime.json")),
    ("long names", include_str!("../../../fixtures/snapshots/long-names.json")),
    ("blow-out", include_str!("../../../fixtures/snapshots/blow-out.json")),
    ("power play", include_str!("../../../fixtures/snapshots/power-play.json")),
    ("timeout", include_str!("../../../fixtures/snapshots/timeout.json")),
    ("review", include_str!("../../../fixtures/snapshots/review.json")),
    ("free throw", include_str!("../../../fixtures/snapshots/free-throw.json")),
    ("half-time", include_str!("../../../fixtures/snapshots/halftime.json")),
    ("final, 4 OT", include_str!("../../../fixtures/snapshots/final-4ot.json")),
    ("intermission", include_str!("../../../fixtures/snapshots/intermission.json")),
];

/// All samples, in the order of their keys. A template is looked at with "everything" first: the game that it is checked
/// with.
pub fn samples() -> Vec<Sample> {
    let everything = Sample { name: "everything", game: Arc::new(template::sample().clone()) };
    let nothing = Sample { name: "missing data", game: Arc::default() };
    // A sample that does not parse is an empty game; a test reads them all.
    let read =
        |(name, text): (&'static str, &str)| Sample { name, game: serde_json::from_str(text).unwrap_or_default() };
    [everything].into_iter().chain(TEXTS.map(read)).chain([nothing]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_a_game_and_only_one_is_empty() {
        for (name, text) in TEXTS {
            if let Err(cause) = serde_json::from_str::<GameSnapshot>(text) {
                panic!("{name}: {cause}");
            }
        }
        let empty: Vec<&str> = samples()
            .iter()
            .filter(|sample| *sample.game == GameSnapshot::default())
            .map(|sample| sample.name)
            .collect();
        assert_eq!(empty, ["missing data"]);
    }
}
