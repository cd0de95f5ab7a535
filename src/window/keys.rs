//! What a key of the program window means. Pure: the window does it.

use std::collections::BTreeMap;

use winit::keyboard::{Key, NamedKey};

use super::Input;
use crate::command::{self, Command, Landing, Transport};
use crate::status::FeedHealth;

/// What to do.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Press {
    Send(Command),
    /// The delay keys are for this feed from now on.
    Choose(usize),
    NextBackground,
    FullScreen,
    Nothing,
}

/// Frames of one press of a page key.
const PAGE: i32 = 10;

/// Seconds of one press of an arrow, in a rehearsal.
const STRIDE_S: f64 = 5.0;

/// What keys mean in a show.
pub(super) struct Table<'a> {
    /// The show's own.
    pub keys: &'a BTreeMap<command::Key, Command>,
    /// Keys steer a rehearsal, too.
    pub is_rehearsal: bool,
}

impl Table<'_> {
    /// `chosen` is an index into `feeds`; the first feed where none was chosen.
    pub(super) fn meaning(&self, key: &Key, feeds: &[FeedHealth], chosen: Option<usize>) -> Press {
        let shift = |by: i32| {
            let feed = feeds.get(chosen.unwrap_or_default());
            feed.map_or(Press::Nothing, |feed| Press::Send(Command::ShiftDelay { feed: feed.id.clone(), by }))
        };
        match key {
            Key::Named(NamedKey::Escape) => Press::Send(Command::Clear { layer: None }),
            Key::Named(NamedKey::Backspace) => Press::Send(Command::Undo),
            Key::Named(NamedKey::F2) => Press::NextBackground,
            Key::Named(NamedKey::F9) => Press::Send(Command::Bookmark { name: String::new() }),
            Key::Named(NamedKey::F11) => Press::FullScreen,
            Key::Named(NamedKey::Tab) if feeds.is_empty() => Press::Nothing,
            Key::Named(NamedKey::Tab) => Press::Choose(chosen.map_or(0, |chosen| (chosen + 1) % feeds.len())),
            Key::Named(NamedKey::ArrowUp) => shift(1),
            Key::Named(NamedKey::ArrowDown) => shift(-1),
            Key::Named(NamedKey::PageUp) => shift(PAGE),
            Key::Named(NamedKey::PageDown) => shift(-PAGE),
            _ => {
                let of_show = || bindable(key).and_then(|key| self.keys.get(&key)).cloned();
                let of_rehearsal = || transport(key).filter(|_| self.is_rehearsal).map(Command::Rehearse);
                of_show().or_else(of_rehearsal).map_or(Press::Nothing, Press::Send)
            }
        }
    }
}

/// The key as a show file calls it.
fn bindable(key: &Key) -> Option<command::Key> {
    let name = match key {
        Key::Character(text) => return Some(command::Key::of(text.chars().next()?)),
        Key::Named(NamedKey::Space) => "space",
        Key::Named(NamedKey::Enter) => "enter",
        Key::Named(NamedKey::Insert) => "insert",
        Key::Named(NamedKey::Delete) => "delete",
        Key::Named(NamedKey::F1) => "f1",
        Key::Named(NamedKey::F12) => "f12",
        _ => return None,
    };
    name.parse().ok()
}

/// What a key does in a rehearsal.
fn transport(key: &Key) -> Option<Transport> {
    let Key::Named(named) = key else { return None };
    let step = |landing, by| Transport::Step { landing, by };
    Some(match named {
        NamedKey::Space => Transport::TogglePause,
        NamedKey::ArrowLeft => Transport::SeekBy { seconds: -STRIDE_S },
        NamedKey::ArrowRight => Transport::SeekBy { seconds: STRIDE_S },
        NamedKey::Home => step(Landing::Period, -1),
        NamedKey::End => step(Landing::Period, 1),
        NamedKey::F3 => step(Landing::Play, -1),
        NamedKey::F4 => step(Landing::Play, 1),
        NamedKey::F5 => step(Landing::Bookmark, -1),
        NamedKey::F6 => step(Landing::Bookmark, 1),
        NamedKey::F7 => Transport::SpeedBy { by: -1 },
        NamedKey::F8 => Transport::SpeedBy { by: 1 },
        NamedKey::F10 => Transport::MarkLoop,
        _ => return None,
    })
}

/// Whether a key is the window's own, whoever listens.
pub(super) fn is_own(key: &Key) -> bool {
    matches!(key, Key::Named(NamedKey::F2 | NamedKey::F11))
}

/// What a key means to whoever listens.
pub(super) fn input(key: &Key) -> Option<Input> {
    Some(match key {
        Key::Named(NamedKey::ArrowLeft) => Input::Left,
        Key::Named(NamedKey::ArrowRight) => Input::Right,
        Key::Named(NamedKey::PageUp) => Input::PageUp,
        Key::Named(NamedKey::PageDown) => Input::PageDown,
        Key::Named(NamedKey::Home) => Input::Home,
        Key::Named(NamedKey::End) => Input::End,
        Key::Named(NamedKey::Space) => Input::Space,
        Key::Named(NamedKey::Escape) => Input::Escape,
        Key::Character(text) => Input::Letter(text.chars().next()?.to_ascii_lowercase()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::FeedKind;
    use crate::status::Link;

    fn feeds() -> [FeedHealth; 2] {
        ["league", "tracker"].map(|id| FeedHealth {
            id: id.into(),
            kind: FeedKind::ShotTracker,
            link: Link::Up,
            silent_millis: None,
            messages: 0,
            skipped: 0,
            reasons: Vec::new(),
            not_understood: Default::default(),
        })
    }

    fn meaning(
        key: &Key,
        keys: &BTreeMap<command::Key, Command>,
        feeds: &[FeedHealth],
        chosen: Option<usize>,
    ) -> Press {
        Table { keys, is_rehearsal: false }.meaning(key, feeds, chosen)
    }

    fn press(key: NamedKey, chosen: Option<usize>) -> Press {
        meaning(&Key::Named(key), &BTreeMap::new(), &feeds(), chosen)
    }

    #[test]
    fn a_rehearsal_is_steered_by_keys_that_do_nothing_on_air() {
        let keys = BTreeMap::new();
        let pressed = |key, is_rehearsal| Table { keys: &keys, is_rehearsal }.meaning(&Key::Named(key), &feeds(), None);
        for key in [NamedKey::Space, NamedKey::ArrowLeft, NamedKey::End, NamedKey::F3, NamedKey::F8, NamedKey::F10] {
            assert_eq!(pressed(key, false), Press::Nothing, "{key:?}");
            assert!(matches!(pressed(key, true), Press::Send(Command::Rehearse(_))), "{key:?}");
        }
        assert_eq!(pressed(NamedKey::Backspace, true), Press::Send(Command::Undo));
    }

    #[test]
    fn a_shows_own_space_bar_comes_before_the_rehearsals() {
        let keys = BTreeMap::from([(command::Key::of(' '), Command::ToggleClock)]);
        let table = Table { keys: &keys, is_rehearsal: true };
        assert_eq!(table.meaning(&Key::Named(NamedKey::Space), &[], None), Press::Send(Command::ToggleClock));
    }

    fn shifted(feed: &str, by: i32) -> Press {
        Press::Send(Command::ShiftDelay { feed: feed.into(), by })
    }

    #[test]
    fn tab_goes_round_the_feeds() {
        let chosen = [None, Some(0), Some(1)].map(|chosen| press(NamedKey::Tab, chosen));
        assert_eq!(chosen, [Press::Choose(0), Press::Choose(1), Press::Choose(0)]);
    }

    #[test]
    fn arrows_and_page_keys_hold_the_chosen_feed_back_or_let_it_come() {
        assert_eq!(press(NamedKey::ArrowUp, None), shifted("league", 1));
        assert_eq!(press(NamedKey::ArrowDown, Some(1)), shifted("tracker", -1));
        assert_eq!(press(NamedKey::PageUp, Some(1)), shifted("tracker", 10));
        assert_eq!(press(NamedKey::PageDown, Some(0)), shifted("league", -10));
    }

    #[test]
    fn without_feeds_the_delay_keys_do_nothing() {
        let meant = |key| meaning(&Key::Named(key), &BTreeMap::new(), &[], None);
        assert_eq!([NamedKey::Tab, NamedKey::ArrowUp].map(meant), [Press::Nothing, Press::Nothing]);
    }

    #[test]
    fn a_graphics_key_is_its_command_in_either_case() {
        let keys = BTreeMap::from([(command::Key::of('b'), Command::Clear { layer: None })]);
        let meant = |text: &str| meaning(&Key::Character(text.into()), &keys, &[], None);
        assert_eq!(meant("B"), Press::Send(Command::Clear { layer: None }));
        assert_eq!(meant("x"), Press::Nothing);
    }
}
