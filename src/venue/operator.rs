//! The hands of the mock game: shots recorded, changed and deleted while it is played, and faults switched on and off.
//!
//! In: HTTP requests without credentials, for whoever started the venue. Out: corrections of the performance, which both
//! vendors' servers tell in their own way. None of this is a vendor's interface.
//!
//! | request | what it does |
//! |---|---|
//! | `GET /mock/shots` | the shots so far, newest first |
//! | `POST /mock/shots` `{"side":"home","jersey":"7","made":true,"three":false,"x_mm":300,"y_mm":4000}` | records one, now; millimetres from the hoop, +x right, +y to the centre of the court |
//! | `PATCH /mock/shots/{id}` `{"made":false,"jersey":"11"}` | changes the result, the player, or both |
//! | `DELETE /mock/shots/{id}` | deletes it |
//! | `GET /mock/faults` | the faults that are on |
//! | `POST /mock/faults` `{"fault":"drop","every":10,"times":3,"lasts_ms":500}` | switches one on; all but the name may be left out |
//! | `DELETE /mock/faults` | switches all off |

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch};
use serde::Deserialize;
use serde_json::{Value, json};

use super::course::Course;
use super::fault::{Fault, Faults, Switch, UnknownFault};
use super::performance::{Change, Performance, Refused};
use super::script::{Play, Shot, Who, period_label};
use super::zones;
use crate::ids::Side;

/// What whoever sits at the scorer's table of the mock game can reach: the game that is played, and what is to go wrong.
#[derive(Clone)]
pub struct ScorersTable {
    /// Absent when a capture is played.
    pub play: Option<Arc<Performance>>,
    pub faults: Faults,
}

pub fn router(table: ScorersTable) -> Router {
    Router::new()
        .route("/mock/shots", get(list).post(record))
        .route("/mock/shots/{id}", patch(change).delete(delete))
        .route("/mock/faults", get(faults).post(switch_on).delete(switch_off))
        .with_state(table)
}

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("a capture is played; it has no shots to correct")]
    Capture,
    #[error("the body is not understood: {0}")]
    Body(#[from] serde_json::Error),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Fault(#[from] UnknownFault),
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let status = match self {
            Trouble::Body(_) | Trouble::Fault(_) | Trouble::Refused(Refused::NoPlayer { .. }) => {
                StatusCode::BAD_REQUEST
            }
            Trouble::Refused(Refused::Unknown { .. }) => StatusCode::NOT_FOUND,
            Trouble::Capture | Trouble::Refused(_) => StatusCode::CONFLICT,
        };
        (status, axum::Json(json!({"message": self.to_string()}))).into_response()
    }
}

type Answer = Result<axum::Json<Value>, Trouble>;

impl ScorersTable {
    fn play(&self) -> Result<&Performance, Trouble> {
        self.play.as_deref().ok_or(Trouble::Capture)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum SideName {
    Home,
    Away,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewShot {
    side: SideName,
    jersey: String,
    made: bool,
    #[serde(default)]
    three: bool,
    x_mm: i32,
    y_mm: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShotChange {
    made: Option<bool>,
    jersey: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFault {
    fault: String,
    every: Option<u32>,
    times: Option<u32>,
    lasts_ms: Option<u64>,
}

pub(super) fn who(course: &Course, side: Side, jersey: &str) -> Result<Who, Refused> {
    let index = course.script.team(side).players.iter().position(|player| player.jersey == jersey);
    let index = index.ok_or_else(|| Refused::NoPlayer { side, jersey: jersey.to_owned() })?;
    Ok(Who { side, index })
}

/// A shot as the operator sees it.
fn shown(course: &Course, id: u32) -> Value {
    let Some(fact) = course.position(id).map(|index| &course.facts()[index]) else { return json!({"id": id}) };
    let Play::Shot(shot) = &fact.play else { return json!({"id": id}) };
    let player = course.script.player(shot.by);
    let (x_mm, y_mm) = zones::from_hoop_mm(shot);
    json!({
        "id": id,
        "period": period_label(fact.period),
        "clock": super::sportradar::event::clock(fact.clock_ms),
        "side": shot.by.side.to_string(),
        "jersey": player.jersey,
        "name": player.full_name(),
        "made": shot.made,
        "three": shot.three,
        "x_mm": x_mm,
        "y_mm": y_mm,
    })
}

async fn list(State(table): State<ScorersTable>) -> Answer {
    let play = table.play()?;
    let course = play.course();
    let told = play.facts_told(play.timeline.now());
    let shots = course.facts()[..told].iter().rev().filter(|fact| matches!(fact.play, Play::Shot(_)));
    Ok(axum::Json(shots.map(|fact| shown(&course, fact.id)).collect()))
}

async fn record(State(table): State<ScorersTable>, body: String) -> Answer {
    let play = table.play()?;
    let new: NewShot = serde_json::from_str(&body)?;
    let side = match new.side {
        SideName::Home => Side::Home,
        SideName::Away => Side::Away,
    };
    let shot = Shot {
        by: who(&play.course(), side, &new.jersey)?,
        made: new.made,
        three: new.three,
        at: zones::tenths((new.x_mm, new.y_mm)),
        style: "jump shot".to_owned(),
        how: String::new(),
        assist: None,
        block: None,
    };
    let id = play.record(shot)?;
    Ok(axum::Json(shown(&play.course(), id)))
}

async fn change(State(table): State<ScorersTable>, Path(id): Path<u32>, body: String) -> Answer {
    let play = table.play()?;
    let wanted: ShotChange = serde_json::from_str(&body)?;
    let course = play.course();
    let shooter = course.position(id).and_then(|index| match &course.facts()[index].play {
        Play::Shot(shot) => Some(shot.by),
        _ => None,
    });
    let by = match (wanted.jersey, shooter) {
        (Some(jersey), Some(shooter)) => Some(who(&course, shooter.side, &jersey)?),
        _ => None,
    };
    let id = play.change(id, Change { made: wanted.made, by })?;
    Ok(axum::Json(shown(&play.course(), id)))
}

async fn delete(State(table): State<ScorersTable>, Path(id): Path<u32>) -> Answer {
    let id = table.play()?.delete(id)?;
    Ok(axum::Json(json!({"id": id, "deleted": true})))
}

async fn faults(State(table): State<ScorersTable>) -> Answer {
    Ok(axum::Json(json!(table.faults.switches())))
}

async fn switch_on(State(table): State<ScorersTable>, body: String) -> Answer {
    let new: NewFault = serde_json::from_str(&body)?;
    let usual = Switch::from(new.fault.parse::<Fault>()?);
    table.faults.switch_on(Switch {
        fault: usual.fault,
        every: new.every.unwrap_or(usual.every),
        times: new.times.unwrap_or(usual.times),
        lasts: new.lasts_ms.map_or(usual.lasts, Duration::from_millis),
    });
    Ok(axum::Json(json!(table.faults.switches())))
}

async fn switch_off(State(table): State<ScorersTable>) -> Answer {
    table.faults.switch_all_off();
    Ok(axum::Json(json!([])))
}
