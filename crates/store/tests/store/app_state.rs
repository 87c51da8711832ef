//! The small things that survive a restart.

use std::collections::BTreeMap;

use keywheel_store::{StateError, Store};

use crate::{database, number, second_connection};

#[tokio::test]
async fn a_value_survives_a_restart_and_the_last_one_counts() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    let state = store.app_state();
    assert_eq!(state.get::<String>("active_model").await.unwrap(), None);
    state.put("active_model", &"demo", 1).await.unwrap();
    state.put("active_model", &"coding-elite", 2).await.unwrap();
    state.put("pause", &BTreeMap::from([("until_ms", 5_000_u64)]), 3).await.unwrap();
    assert_eq!(state.get::<String>("active_model").await.unwrap().as_deref(), Some("coding-elite"));
    store.close().await;

    let store = Store::open(&database(&folder)).await.unwrap();
    let state = store.app_state();
    assert_eq!(state.get::<String>("active_model").await.unwrap().as_deref(), Some("coding-elite"));
    let pause: Option<BTreeMap<String, u64>> = state.get("pause").await.unwrap();
    assert_eq!(pause.unwrap().get("until_ms"), Some(&5_000));
    store.close().await;

    let mut connection = second_connection(&database(&folder)).await;
    let updated = "SELECT updated_at_ms FROM app_state WHERE key = 'active_model'";
    assert_eq!(number(&mut connection, updated).await, 2);
}

#[tokio::test]
async fn a_value_of_another_form_is_an_error_and_can_be_replaced() {
    let store = Store::in_memory().await.unwrap();
    let state = store.app_state();
    state.put("rotation", &"from another version", 1).await.unwrap();
    let error = state.get::<Vec<u64>>("rotation").await.unwrap_err();
    assert!(matches!(&error, StateError::Form { key, .. } if key == "rotation"), "{error}");
    state.put("rotation", &[1, 2], 2).await.unwrap();
    assert_eq!(state.get::<Vec<u64>>("rotation").await.unwrap(), Some(vec![1, 2]));
    store.close().await;
}
