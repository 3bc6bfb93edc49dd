//! A list on the screen: sorted, filtered, searched, selected.

use dipper_app::{Column, Direction, ErrorKind, Mode, SelectionChange, Sort, ViewRequest, ViewState};

use crate::support::{self, Story};

const BUCKET: &str = "field-photos";

async fn with_objects() -> Story {
    let story = support::story().await;
    story.app.create_bucket(&story.account, BUCKET).await.unwrap();
    for (key, text) in [("b.csv", "1"), ("a.jpg", "333"), ("C.txt", "22"), ("raw/x", "4444")] {
        story.put(BUCKET, key, text).await;
    }
    story
}

async fn keys(story: &Story, view: &dipper_app::ViewId) -> Vec<String> {
    story
        .app
        .rows(view, 0, 500)
        .await
        .unwrap()
        .rows
        .into_iter()
        .map(|row| row.key)
        .collect()
}

#[tokio::test]
async fn rows_are_sorted_filtered_and_found_over_everything() {
    let story = with_objects().await;
    let view = story.open(BUCKET, "", Mode::Folders).await;
    assert_eq!(keys(&story, &view).await, ["raw/", "a.jpg", "b.csv", "C.txt"]);
    let largest_first = Sort {
        column: Column::Size,
        direction: Direction::Descending,
    };
    story.app.sort_view(&view, largest_first).await.unwrap();
    assert_eq!(keys(&story, &view).await, ["raw/", "a.jpg", "C.txt", "b.csv"]);
    assert_eq!(story.app.find_row(&view, "c", 0).await.unwrap(), Some(2));
    story.app.filter_view(&view, "J").await.unwrap();
    assert_eq!(keys(&story, &view).await, ["a.jpg"]);
    let row = &story.app.rows(&view, 0, 1).await.unwrap().rows[0];
    assert_eq!((row.type_words.as_str(), row.spoken.as_str()), ("JPEG image", "a.jpg"));
}

#[tokio::test]
async fn a_selection_survives_and_says_what_the_filter_hides() {
    let story = with_objects().await;
    let request = ViewRequest {
        account_id: story.account.clone(),
        bucket: BUCKET.to_owned(),
        prefix: String::new(),
        mode: Mode::Folders,
        sort: Sort::default(),
    };
    let (view, mut status) = story.app.open_view(request).await.unwrap();
    status
        .wait_for(|status| status.state == ViewState::Complete)
        .await
        .unwrap();
    let all = story.app.select(&view, SelectionChange::All).await.unwrap();
    assert_eq!(
        (all.objects, all.folders, all.bytes, all.hidden, all.single),
        (3, 1, 6, 0, None)
    );
    story.app.filter_view(&view, "csv").await.unwrap();
    let told = status
        .wait_for(|status| status.selection.hidden == 3)
        .await
        .unwrap()
        .clone();
    assert_eq!(
        (told.matching, told.matching_folders, told.selection.objects),
        (1, 0, 3)
    );
    story.put(BUCKET, "new.csv", "x").await;
    story.app.refresh_view(&view).await.unwrap();
    let told = status
        .wait_for(|status| status.matching == 2 && status.state == ViewState::Complete)
        .await
        .unwrap()
        .clone();
    assert_eq!((told.selection.objects, told.selection.folders), (3, 1));
}

#[tokio::test]
async fn a_bucket_that_is_not_there_fails_in_words() {
    let story = support::story().await;
    let request = ViewRequest {
        account_id: story.account.clone(),
        bucket: "no-such-bucket".to_owned(),
        prefix: String::new(),
        mode: Mode::Folders,
        sort: Sort::default(),
    };
    let (_, mut status) = story.app.open_view(request).await.unwrap();
    let failed = status
        .wait_for(|status| status.state == ViewState::Failed)
        .await
        .unwrap()
        .clone();
    let error = failed.error.unwrap();
    assert_eq!(
        (error.kind(), error.bucket()),
        (ErrorKind::NotFound, Some("no-such-bucket"))
    );
}
