use super::*;
use crate::template::motion::{Key, Length};
use crate::template::timeline::Step;

const AT: FrameRate = FrameRate::FPS_50;
const KEY: (u32, Property) = (1, Property::X);

fn track(far: f32, frames: u32) -> Track {
    Track {
        node: 1,
        property: Property::X,
        far,
        is: Far::Before,
        delay: Length::ZERO,
        length: Length::Frames(frames),
        stagger: Length::Frames(5),
        ease: Easing::Linear,
        keys: Vec::new(),
    }
}

fn motion() -> Motion {
    Motion { enter: vec![track(-100.0, 10)], leave: vec![track(40.0, 10)], ..Motion::default() }
}

/// Step 1 brings the node from 8, step 2 moves another, step 3 takes it away to 60.
fn with_steps() -> Motion {
    let step = |track: Track| Step { name: None, tracks: vec![track] };
    let steps = vec![
        step(track(8.0, 4)),
        step(Track { node: 2, ..track(1.0, 20) }),
        step(Track { is: Far::After, ..track(60.0, 10) }),
    ];
    Motion { steps, ..motion() }
}

fn stepped(life: &Life, frame: u64) -> f32 {
    life.value(&with_steps(), KEY, 0, life.instant(&with_steps(), FrameIndex(frame), AT))
}

fn at(life: &Life, frame: u64) -> f32 {
    life.value(&motion(), KEY, 0, life.instant(&motion(), FrameIndex(frame), AT))
}

#[test]
fn an_out_during_an_in_starts_where_the_in_had_come_to() {
    let mut life = Life::default();
    life.enter(FrameIndex(100), false);
    assert_eq!((at(&life, 100), at(&life, 105), at(&life, 110)), (-100.0, -50.0, 0.0));
    life.leave(FrameIndex(105));
    assert_eq!((at(&life, 105), at(&life, 110), at(&life, 115)), (-50.0, -5.0, 40.0));
    assert!(!life.is_gone(&motion(), FrameIndex(114), AT));
    assert!(life.is_gone(&motion(), FrameIndex(115), AT));
}

#[test]
fn turning_around_many_times_never_jumps() {
    let mut life = Life::default();
    life.enter(FrameIndex(0), false);
    let mut last = at(&life, 0);
    for frame in 1..200u64 {
        match frame % 14 {
            3 => life.leave(FrameIndex(frame)),
            7 => life.enter(FrameIndex(frame), false),
            _ => {}
        }
        life.settle(&motion(), FrameIndex(frame), AT);
        let now = at(&life, frame);
        // 14 px a frame is the fastest that any of these tracks can move by itself.
        assert!((now - last).abs() <= 14.1, "frame {frame}: {last} to {now}");
        last = now;
    }
}

/// A long way in, and within it more turns than anybody would keep: steps back and forth that take four frames.
#[test]
fn quick_steps_within_a_long_move_neither_end_it_nor_make_it_jump() {
    let slow = Track { node: 3, ..track(-4000.0, 4000) };
    let motion = Motion { enter: vec![slow], ..with_steps() };
    let mut life = Life::default();
    life.enter(FrameIndex(0), false);
    let at = |life: &Life, node, frame| {
        life.value(&motion, (node, Property::X), 0, life.instant(&motion, FrameIndex(frame), AT))
    };
    let mut last = at(&life, 1, 0);
    for frame in 1..4000u64 {
        if frame % 3 == 0 {
            life.step_to(FrameIndex(frame), usize::from(life.step() == 0), false);
        }
        life.settle(&motion, FrameIndex(frame), AT);
        assert!((at(&life, 3, frame) - (frame as f32 - 4000.0)).abs() < 0.01, "frame {frame}");
        let now = at(&life, 1, frame);
        assert!((now - last).abs() <= 2.01, "frame {frame}: {last} to {now}");
        last = now;
        assert!(life.acts.len() <= FEW_ACTS + 1, "what is over is forgotten: {}", life.acts.len());
    }
    life.settle(&motion, FrameIndex(4100), AT);
    assert_eq!((life.acts.len(), at(&life, 3, 4100)), (1, 0.0));
}

/// In over a bounce, out by another way, and a step that swings: bent to wherever they begin, they never jump.
#[test]
fn keyframes_are_bent_to_where_they_begin_and_end() {
    let key = |at: u32, value: f32| Key { at: Length::Frames(at), value, ease: Easing::Linear };
    let bounce = Track { keys: vec![key(0, -100.0), key(6, 20.0), key(10, 0.0)], ..track(-100.0, 10) };
    let away = Track { keys: vec![key(0, 0.0), key(4, -30.0), key(10, 40.0)], ..track(40.0, 10) };
    let swing = Track { keys: vec![key(0, 0.0), key(5, 50.0), key(10, 30.0)], is: Far::After, ..track(30.0, 10) };
    let step = Step { name: None, tracks: vec![swing] };
    let motion = Motion { enter: vec![bounce], leave: vec![away], steps: vec![step], ..Motion::default() };
    let at = |life: &Life, frame| life.value(&motion, KEY, 0, life.instant(&motion, FrameIndex(frame), AT));
    let mut life = Life::default();
    life.enter(FrameIndex(0), false);
    assert_eq!([0, 3, 6, 8, 10].map(|frame| at(&life, frame)), [-100.0, -40.0, 20.0, 10.0, 0.0]);
    life.step_to(FrameIndex(20), 1, false);
    assert_eq!([20, 25, 30].map(|frame| at(&life, frame)), [0.0, 50.0, 30.0]);
    life.leave(FrameIndex(40));
    // A quarter of its own way of 40 px is left to go, and so it swings out by a quarter.
    assert_eq!([40, 44, 50].map(|frame| at(&life, frame)), [30.0, 40.0 - 70.0 / 4.0, 40.0]);
    life.enter(FrameIndex(44), false);
    assert_eq!(at(&life, 44), 22.5, "back in from there");
    assert_eq!(at(&life, 54), 30.0, "to where the step holds it");
    life.step_to(FrameIndex(60), 0, false);
    assert_eq!([60, 65, 70].map(|frame| at(&life, frame)), [30.0, 50.0, 0.0], "the way back is the way there");
    let mut last = at(&life, 70);
    for frame in 71..400u64 {
        match frame % 7 {
            1 => life.step_to(FrameIndex(frame), usize::from(life.step() == 0), false),
            3 => life.leave(FrameIndex(frame)),
            5 => life.enter(FrameIndex(frame), false),
            _ => {}
        }
        life.settle(&motion, FrameIndex(frame), AT);
        let now = at(&life, frame);
        // The steepest key is 20 px a frame, and of what is missing, 150 px at most, a quarter is made up for in the first.
        assert!((now - last).abs() <= 61.5, "frame {frame}: {last} to {now}");
        last = now;
    }
}

#[test]
fn what_has_only_a_way_out_comes_back_from_where_it_had_come_to() {
    let motion = Motion { leave: vec![track(40.0, 10)], ..Motion::default() };
    let at = |life: &Life, frame| life.value(&motion, KEY, 0, life.instant(&motion, FrameIndex(frame), AT));
    let mut life = Life::default();
    life.enter(FrameIndex(0), false);
    life.settle(&motion, FrameIndex(0), AT);
    assert_eq!((at(&life, 0), life.is_at_rest(&motion, FrameIndex(0), AT)), (0.0, true), "it is there at once");
    life.leave(FrameIndex(10));
    assert_eq!(at(&life, 15), 20.0);
    life.enter(FrameIndex(15), false);
    life.settle(&motion, FrameIndex(15), AT);
    assert_eq!(at(&life, 15), 20.0, "where it was");
    assert!(at(&life, 17) < 20.0 && at(&life, 17) > 0.0, "on its way back: {}", at(&life, 17));
    assert!(!life.is_at_rest(&motion, FrameIndex(24), AT) && life.is_at_rest(&motion, FrameIndex(25), AT));
    assert_eq!(at(&life, 25), 0.0);
}

#[test]
fn later_items_of_a_repeat_start_and_end_later() {
    let mut life = Life { last_ordinal: 2, ..Life::default() };
    life.enter(FrameIndex(0), false);
    let third = |life: &Life, frame| life.value(&motion(), KEY, 2, life.instant(&motion(), FrameIndex(frame), AT));
    assert_eq!((third(&life, 10), third(&life, 15), third(&life, 20)), (-100.0, -50.0, 0.0));
    life.leave(FrameIndex(50));
    assert!(!life.is_gone(&motion(), FrameIndex(69), AT) && life.is_gone(&motion(), FrameIndex(70), AT));
}

#[test]
fn a_cut_is_at_rest_at_once() {
    let mut life = Life::default();
    life.enter(FrameIndex(7), true);
    assert_eq!(at(&life, 7), 0.0);
}

#[test]
fn a_step_moves_what_it_names_and_holds_it_there() {
    let mut life = Life::default();
    life.enter(FrameIndex(0), false);
    assert_eq!((stepped(&life, 0), stepped(&life, 10)), (-100.0, 8.0), "step 1 picks it up at 8");
    life.step_to(FrameIndex(20), 1, false);
    assert_eq!((stepped(&life, 20), stepped(&life, 22), stepped(&life, 24)), (8.0, 4.0, 0.0));
    life.settle(&with_steps(), FrameIndex(24), AT);
    life.step_to(FrameIndex(30), 2, false);
    assert_eq!((stepped(&life, 30), stepped(&life, 99)), (0.0, 0.0), "step 2 moves another node");
    assert!(!life.is_at_rest(&with_steps(), FrameIndex(49), AT));
    assert!(life.is_at_rest(&with_steps(), FrameIndex(50), AT));
    life.step_to(FrameIndex(50), 3, false);
    assert_eq!((stepped(&life, 55), stepped(&life, 60)), (30.0, 60.0));
    life.leave(FrameIndex(60));
    assert_eq!((stepped(&life, 60), stepped(&life, 70)), (60.0, 40.0), "out, from where the step left it");
}

#[test]
fn a_step_is_interrupted_by_the_next_and_goes_back_without_a_jump() {
    let mut life = Life::default();
    life.enter(FrameIndex(0), true);
    life.step_to(FrameIndex(10), 3, false);
    let reached = stepped(&life, 14);
    life.step_to(FrameIndex(14), 0, false);
    assert_eq!(stepped(&life, 14), reached);
    assert_eq!((life.step(), stepped(&life, 30)), (0, 8.0), "back to before step 1");
    life.step_to(FrameIndex(40), 2, true);
    assert_eq!((stepped(&life, 40), life.is_at_rest(&with_steps(), FrameIndex(40), AT)), (0.0, true), "a cut");
}

#[test]
fn stepping_about_at_random_never_jumps() {
    let mut life = Life::default();
    life.enter(FrameIndex(0), false);
    let mut last = stepped(&life, 0);
    for frame in 1..400u64 {
        match frame % 11 {
            2 => life.step_to(FrameIndex(frame), (frame * 7 % 4) as usize, false),
            6 if frame % 3 == 0 => life.leave(FrameIndex(frame)),
            8 if frame % 3 == 2 => life.enter(FrameIndex(frame), false),
            _ => {}
        }
        life.settle(&with_steps(), FrameIndex(frame), AT);
        let now = stepped(&life, frame);
        // The shortest track takes 4 frames, and no two ends lie further apart than 160 px.
        assert!((now - last).abs() <= 40.1, "frame {frame}: {last} to {now}");
        last = now;
    }
}
