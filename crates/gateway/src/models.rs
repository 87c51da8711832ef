//! `GET /v1/models` and `GET /v1/models/{id}`, in OpenAI's list shape.

use axum::Json;
use axum::extract::{Path, State};
use keywheel_engine::{Engine, Failure};
use serde::Serialize;

use crate::{ApiFailure, DataPlane};

#[derive(Serialize)]
pub(crate) struct ModelList {
    object: &'static str,
    data: Vec<Model>,
}

#[derive(Serialize)]
pub(crate) struct Model {
    id: String,
    object: &'static str,
    /// Seconds since the Unix epoch: when this Keywheel started, since a name has no birthday.
    created: u64,
    owned_by: String,
}

pub(crate) async fn list(State(plane): State<DataPlane>) -> Json<ModelList> {
    let snapshot = plane.engine.snapshot();
    let data = snapshot.fleet.model_names().map(|id| model(&plane.engine, id)).collect();
    Json(ModelList { object: "list", data })
}

pub(crate) async fn one(
    State(plane): State<DataPlane>,
    Path(id): Path<String>,
) -> Result<Json<Model>, ApiFailure> {
    let snapshot = plane.engine.snapshot();
    snapshot.fleet.expand(&id, snapshot.strategy).map_err(Failure::UnknownModel)?;
    Ok(Json(model(&plane.engine, id)))
}

fn model(engine: &Engine, id: String) -> Model {
    let owned_by = id.split_once('/').map_or("keywheel", |(provider, _)| provider).to_owned();
    Model { id, object: "model", created: engine.clock().started_at().unix_ms() / 1_000, owned_by }
}
