use super::*;
use crate::feed::decode::{Decoder, FarHoop, RightHand, ZoneOrder};
use crate::game::event::SoFar;
use crate::ids::{FeedKind, Side};

fn events(reading: Reading, text: &str) -> Vec<Event> {
    let mut decoder = Decoder::new(FeedKind::ShotTracker, Options { reading, ..Options::default() });
    let mut events = Vec::new();
    assert_eq!(decoder.decode(text.as_bytes(), &mut events).verdict, Verdict::Taken, "{text}");
    events
}

fn shot(reading: Reading, data: &str) -> crate::game::snapshot::Shot {
    let text = format!(r#"{{"type":"data","source":"chart","data":{{"eid":"e","tid":"1","st":"MAKE",{data}}}}}"#);
    match events(reading, &text).pop() {
        Some(Event::Shot { shot, .. }) => shot,
        other => panic!("{other:?}"),
    }
}

#[test]
fn zones_that_the_vendor_numbers_otherwise_are_put_in_our_order() {
    // Every ring from right to left.
    let order = ZoneOrder::try_from(vec![1, 4, 3, 2, 9, 8, 7, 6, 5, 14, 13, 12, 11, 10]).unwrap();
    let reading = Reading { zone_order: order, ..Reading::default() };
    let of = |reading, zone: u8| shot(reading, &format!(r#""z":{zone}"#)).zone;
    assert_eq!([2, 14, 7].map(|zone| of(reading, zone)), [Some(4), Some(10), Some(7)]);
    assert_eq!([2, 14, 15, 0].map(|zone| of(Reading::default(), zone)), [Some(2), Some(14), None, None]);
    let zone = |number: usize| format!(r#"{{"DISPLAY":"{number}/20"}}"#);
    let zones: Vec<String> = (1..=14).map(zone).collect();
    let team = format!(r#"{{"team":{{"team_id":1,"shots":[{}]}}}}"#, zones.join(","));
    let data = format!(r#"{{"game_stats":{{"home":{team},"away":{{}}}}}}"#);
    let summary = format!(r#"{{"type":"data","source":"broadcastsummary","data":{data}}}"#);
    let map = events(reading, &summary).into_iter().find_map(|event| match event {
        Event::TeamStats { zones: Some(zones), .. } => Some(zones.all),
        _ => None,
    });
    let map: Vec<_> = map.unwrap().iter().map(|zone| (zone.number, zone.made)).collect();
    assert_eq!(map.len(), 14);
    assert_eq!((map[3], map[9], map[13]), ((4, Some(2)), (10, Some(14)), (14, Some(10))));
}

#[test]
fn the_clock_alone_begins_and_ends_a_test() {
    let mut decoder = Decoder::new(FeedKind::ShotTracker, Options::default());
    let mut told = Vec::new();
    for period in ["PRE", "TP", "TP", "Q1", "Q1"] {
        let data = format!(r#"{{"gid":"g","type":"GAME_CLOCK","period":"{period}","min":"10","sec":"0"}}"#);
        let text = format!(r#"{{"type":"data","source":"clock","data":{data}}}"#);
        let mut events = Vec::new();
        assert_eq!(decoder.decode(text.as_bytes(), &mut events).verdict, Verdict::Taken, "{text}");
        told.push(events.into_iter().find_map(|event| match event {
            Event::Game(game) => game.status,
            _ => None,
        }));
    }
    assert_eq!(told, [None, Some(GameStatus::Test), Some(GameStatus::Test), Some(GameStatus::InProgress), None]);
}

#[test]
fn an_order_of_zones_has_each_number_once() {
    for wrong in [vec![], vec![1; 14], (0..14).collect(), (1..=15).collect::<Vec<u8>>()] {
        assert!(ZoneOrder::try_from(wrong).is_err());
    }
}

#[test]
fn a_mirrored_far_hoop_is_read_as_the_show_says() {
    let mirrored = Reading { far_hoop: FarHoop::Mirrored, ..Reading::default() };
    let place = |reading, data| {
        let shot = shot(reading, data);
        (shot.x_mm.unwrap(), shot.y_mm.unwrap())
    };
    let far = r#""px":2000,"py":9000,"hx":50,"hy":12600"#;
    assert_eq!(place(Reading::default(), far), (-1950, 3600));
    assert_eq!(place(mirrored, far), (1950, 3600));
    let near = r#""px":2000,"py":-9000,"hx":50,"hy":-12600"#;
    assert_eq!(place(mirrored, near), place(Reading::default(), near), "the near hoop's frame is the court's");
}

#[test]
fn places_that_grow_to_the_right_of_who_stands_behind_the_hoop_are_turned_to_the_shooters() {
    let behind = Reading { right_hand: RightHand::Hoop, ..Reading::default() };
    let place = |reading, data| {
        let shot = shot(reading, data);
        (shot.x_mm.unwrap(), shot.y_mm.unwrap())
    };
    for hoop in [r#""px":2000,"py":9000,"hx":50,"hy":12600"#, r#""px":2000,"py":-9000,"hx":50,"hy":-12600"#] {
        let (x, y) = place(Reading::default(), hoop);
        assert_eq!(place(behind, hoop), (-x, y));
    }
    let row =
        r#"{"team_id":"2","player_id":20,"occurred_at":8000,"is_make":true,"hoop_player_x":-300,"hoop_player_y":400}"#;
    let so_far = |reading| match events(reading, &format!(r#"{{"shots":[{row}]}}"#)).pop() {
        Some(Event::SoFar(so_far)) => so_far.shots.unwrap()[0].shot.x_mm,
        other => panic!("{other:?}"),
    };
    assert_eq!((so_far(Reading::default()), so_far(behind)), (Some(-300), Some(300)));
    let row = r#"{"teamId":2,"pid":20,"eventId":"e","classification":"TWO_POINT_MAKE","timestamp":8000"#;
    let details = |reading, x: i64| match events(
        reading,
        &format!(r#"{{"details":[{row},"hoopToEventX":{x},"hoopToEventY":400}}]}}"#),
    )
    .pop()
    {
        Some(Event::SoFar(so_far)) => so_far.plays.unwrap()[0].play.x_mm,
        other => panic!("{other:?}"),
    };
    assert_eq!((details(Reading::default(), -300), details(behind, -300)), (Some(-300), Some(300)));
    assert_eq!(details(behind, i64::from(i32::MIN)), Some(i32::MAX), "absurd, and no reason to stop");
    let location =
        r#"{"type":"data","source":"location","data":{"locations":[{"type":"PLAYER","pid":"7","x":1200,"y":-3000}]}}"#;
    let x = |reading| {
        events(reading, location).iter().find_map(|event| match event {
            Event::Positions { players, .. } => Some(players[0].x_mm),
            _ => None,
        })
    };
    assert_eq!((x(Reading::default()), x(behind)), (Some(1200), Some(-1200)), "the hall is mirrored with its hoops");
}

fn so_far(text: &str) -> SoFar {
    match events(Reading::default(), text).pop() {
        Some(Event::SoFar(so_far)) => *so_far,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_game_so_far_is_read_in_the_shapes_that_the_vendor_shows() {
    let shot =
        r#""occurred_at":8000,"is_make":true,"is_3point":true,"hoop_player_x":-300,"hoop_player_y":400,"zone":1"#;
    let by_team = format!(r#"[{{"id":2,"player_shots":[{{"id":20,"shots":[{{{shot}}}]}}]}}]"#);
    let nested = so_far(&format!(r#"{{"shots":{by_team}}}"#));
    let whole = so_far(&format!(r#"{{"shots":{{"teams":{by_team}}}}}"#));
    let flat = so_far(&format!(r#"{{"shots":[{{"team_id":"2","player_id":20,{shot}}}]}}"#));
    assert_eq!((&whole, &flat), (&nested, &nested));
    let shots = nested.shots.unwrap();
    assert_eq!((shots.len(), nested.of), (1, Some(Timestamp::from_millis(8_000))));
    let (team, shot) = (&shots[0].team, &shots[0].shot);
    assert_eq!((team.as_str(), shot.player.as_ref().map(PlayerId::as_str)), ("2", Some("20")));
    assert_eq!((shot.x_mm, shot.y_mm, shot.distance_mm, shot.points), (Some(-300), Some(400), Some(500), Some(3)));
    for row in [
        r#"{"teamId":1,"playerId":"7","stats":{"PTS":4}}"#,
        r#"{"team_id":"1","player_id":7,"PTS":4.0}"#,
        r#"{"tid":"1","pid":"7","totalStats":{"PTS":4},"stats":{"PTS":2}}"#,
    ] {
        let lines = so_far(&format!(r#"{{"stats":[{row}]}}"#)).lines;
        assert_eq!((lines.len(), lines[0].stats.points), (1, Some(4)), "{row}");
    }
}

#[test]
fn what_is_no_game_so_far_is_not_taken_for_one() {
    let mut decoder = Decoder::new(FeedKind::ShotTracker, Options::default());
    for text in ["{}", r#"{"message":"No access"}"#, r#"{"type":"stats","stats":[]}"#, r#"{"stats":null}"#] {
        assert_eq!(decoder.decode(text.as_bytes(), &mut Vec::new()).verdict, Verdict::Skipped, "{text}");
    }
}

#[test]
fn a_game_so_far_with_rows_of_several_games_is_noted_and_says_nothing() {
    let row = |game: &str| {
        format!(r#"{{"gameId":{game},"teamId":1,"pid":7,"eventId":"e","classification":"FOUL","timestamp":5}}"#)
    };
    let text = format!(r#"{{"details":[{},{}]}}"#, row("\"g\""), row("-9223372036854775808"));
    let (mut decoder, mut events) = (Decoder::new(FeedKind::ShotTracker, Options::default()), Vec::new());
    let outcome = decoder.decode(text.as_bytes(), &mut events);
    assert_eq!((outcome.verdict, outcome.oddities, events.len()), (Verdict::OtherGame, 1, 0));
    assert!(decoder.game().is_none());
}

#[test]
fn each_part_of_the_game_so_far_has_its_own_last_moment() {
    let row = |at: i64| format!(r#"{{"teamId":1,"pid":7,"eventId":"e{at}","classification":"FOUL","timestamp":{at}}}"#);
    let shot = r#"{"team_id":"1","player_id":7,"occurred_at":8000,"is_make":true}"#;
    for (last, of) in [(5_000, 5_000), (9_000, 9_000)] {
        let said = so_far(&format!(
            r#"{{"details":[{}],"shots":[{shot}],"possessions":[{{"startTimestamp":9500}}]}}"#,
            row(last)
        ));
        let millis = |at: Option<Timestamp>| at.map(Timestamp::as_millis);
        let moments = (millis(said.plays_of), millis(said.shots_of), millis(said.of));
        assert_eq!(moments, (Some(last), Some(8_000), Some(of)));
    }
}

#[test]
fn an_overtime_is_a_column_once_it_is_played() {
    let columns = |period: &str, quarters: &[u32], overtimes: &[u32]| {
        let part =
            |points: &u32| format!(r#"{{"home":{{"team":{{"PTS":{points}}}}},"away":{{"team":{{"PTS":{points}}}}}}}"#);
        let part_of = |name: &str, points: &[u32]| {
            let parts =
                (1..).zip(points).map(|(number, points)| format!(r#""{name}_{number}_stats":{}"#, part(points)));
            parts.collect::<Vec<_>>().join(",")
        };
        let parts = [part_of("quarter", quarters), part_of("ot", overtimes)].join(",");
        let data = format!(r#"{{"period":"{period}","game_stats":{},{parts}}}"#, part(&1));
        let summary = format!(r#"{{"type":"data","source":"broadcastsummary","data":{data}}}"#);
        let row = |event| match event {
            Event::ByPeriod { side: Side::Away, points } => Some(points),
            _ => None,
        };
        let points = events(Reading::default(), &summary).into_iter().find_map(row).unwrap();
        points
            .iter()
            .map(|(label, points)| format!("{label} {}", points.map_or("-".into(), |points| points.to_string())))
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(columns("Q3", &[29, 34, 21, 0], &[0, 0, 0, 0]), "Q1 29, Q2 34, Q3 21, Q4 -");
    assert_eq!(columns("OT", &[29, 34, 27, 32], &[0, 0, 0, 0]), "Q1 29, Q2 34, Q3 27, Q4 32, OT 0");
    assert_eq!(columns("2OT", &[29, 34, 27, 32], &[12, 3, 0, 0]), "Q1 29, Q2 34, Q3 27, Q4 32, OT 12, 2OT 3");
    assert_eq!(columns("COMPLETED", &[29, 34, 27, 32], &[12, 0, 0, 0]), "Q1 29, Q2 34, Q3 27, Q4 32, OT 12");
}

#[test]
fn a_row_of_a_team_has_its_totals_when_its_points_are_the_teams() {
    let line = |data: &str| {
        let text = format!(
            r#"{{"type":"data","source":"boxscorestatsv2","data":{{"act":"TEAM","tid":"1","pid":"0",{data}}}}}"#
        );
        events(Reading::default(), &text).into_iter().find_map(|event| match event {
            Event::Line(line) => {
                Some((line.team_points, line.stats.points, line.stats.rebounds.and_then(|rebounds| rebounds.total)))
            }
            _ => None,
        })
    };
    let totals = r#""totalStats":{"PTS":87,"REB":40,"TEAM_SCORE":87}"#;
    assert_eq!(line(totals), Some((Some(87), Some(87), Some(40))));
    // What the team did as one: a rebound out of bounds.
    let own = r#""totalStats":{"PTS":0,"REB":3,"TEAM_SCORE":87}"#;
    assert_eq!(line(own), Some((Some(87), None, None)));
    assert_eq!(line(r#""totalStats":{"REB":3,"TEAM_SCORE":87}"#), Some((Some(87), None, None)));
}
