//! What happens in a hockey game, and how a script writes it.
//!
//! ```text
//! 90.0 P1 18:30.0 goal home:55 at=-79,5 style=snap assist=home:2 second=home:62 goalie=away:33 score=1-0
//! 30.0 P1 19:30.0 sog away:17 at=56,-38 style=wrist goalie=home:37
//! 30.0 P1 19:30.0 miss away:3 at=75,27 style=wrist reason=wide_left · blocked home:26 at=-80,5 block=away:23
//! 22.0 P1 19:38.0 hit away:21 on=home:5 at=82,38 · giveaway home:4 at=63,-40 · takeaway home:91 at=-95,1
//! 0.0 P1 20:00.0 faceoff home:8 lost=away:9 at=0,0
//! 1002.0 P1 3:18.0 penalty home:80 type=high-sticking minutes=2 drawn=away:9 at=61,-2
//! ```
//!
//! `at` is in feet from the centre of the rink, as the league has it: x along its length, 100 either way, y up to 42.5.
//! Each of these may have `skaters=5-4`, home first, and `pulled=home` while that goalkeeper is off; without them it is five
//! against five. What `start`, `end`, `final` and `stoppage` do is said in the header of the parent module.

use super::{Script, Who};
use crate::ids::Side;

#[derive(Clone, PartialEq, Debug)]
pub struct IcePlay {
    pub what: Ice,
    /// Feet from the centre.
    pub at: (i32, i32),
    /// Home first, without goalkeepers.
    pub skaters: [u8; 2],
    pub pulled: [bool; 2],
}

#[derive(Clone, PartialEq, Debug)]
pub enum Ice {
    Faceoff { won: Who, lost: Who },
    Shot { by: Who, style: String, goalie: Option<Who>, outcome: Outcome },
    Hit { by: Who, on: Who },
    Giveaway { by: Who },
    Takeaway { by: Who },
    Penalty { by: Who, kind: String, minutes: u8, drawn: Option<Who> },
}

#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    Goal { assists: Vec<Who> },
    Saved,
    Missed { reason: String },
    Blocked { by: Who },
}

impl IcePlay {
    /// Whose play it is.
    pub fn by(&self) -> Who {
        match &self.what {
            Ice::Faceoff { won, .. } => *won,
            Ice::Shot { by, .. }
            | Ice::Hit { by, .. }
            | Ice::Giveaway { by }
            | Ice::Takeaway { by }
            | Ice::Penalty { by, .. } => *by,
        }
    }

    /// Goals that it adds to the score of its side.
    pub fn goals(&self) -> u32 {
        u32::from(matches!(&self.what, Ice::Shot { outcome: Outcome::Goal { .. }, .. }))
    }

    /// Skaters of a side that count for its strength: an attacker in the goalkeeper's place is no advantage.
    fn strength_of(&self, side: Side) -> u8 {
        let index = super::side_index(side);
        self.skaters[index].saturating_sub(u8::from(self.pulled[index]))
    }

    /// `even`, `powerplay` or `shorthanded`, for a side.
    pub fn strength(&self, side: Side) -> &'static str {
        match self.strength_of(side).cmp(&self.strength_of(side.other())) {
            std::cmp::Ordering::Equal => "even",
            std::cmp::Ordering::Greater => "powerplay",
            std::cmp::Ordering::Less => "shorthanded",
        }
    }
}

impl Script {
    /// Whether this is a game of hockey.
    pub fn is_hockey(&self) -> bool {
        self.game.league == "NHL"
    }
}
