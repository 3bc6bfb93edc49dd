//! Lists, text objects, folders and planned deletes.

use dipper_app::{
    Access, AccountId, ErrorKind, JobState, KeyCheck, Mode, NewTextObject, PlanToken, PropertiesKind, PropertyValue,
    RowKind, SelectionChange, Target, UploadAccess,
};

use crate::support::{self, Story};
use crate::window::QUIET;

const BUCKET: &str = "field-photos";

async fn with_bucket() -> Story {
    let story = support::story().await;
    story.app.create_bucket(&story.account, BUCKET).await.unwrap();
    story
}

async fn check(story: &Story, key: &str, text: &str) -> KeyCheck {
    story
        .app
        .check_new_key(&story.account, BUCKET, key, text, UploadAccess::ServerDefault)
        .await
        .unwrap()
}

fn object(account: &AccountId, key: &str, text: &str, token: PlanToken) -> NewTextObject {
    NewTextObject {
        account_id: account.clone(),
        bucket: BUCKET.to_owned(),
        key: key.to_owned(),
        text: text.to_owned(),
        content_type: "text/plain".to_owned(),
        access: UploadAccess::ServerDefault,
        token,
    }
}

#[tokio::test]
async fn hello_world_is_exactly_twelve_bytes() {
    let story = with_bucket().await;
    let checked = check(&story, "hello.txt", "Hello World!").await;
    assert_eq!((checked.exists, checked.bytes, checked.problem), (false, 12, None));
    story
        .app
        .create_text_object(object(&story.account, "hello.txt", "Hello World!", checked.token))
        .await
        .unwrap();
    let target = story.target(BUCKET, "", &["hello.txt"]).await;
    let properties = story.app.properties(&target).await.unwrap();
    let value = |label: &str| {
        let mut rows = properties.groups.iter().flat_map(|group| &group.rows);
        rows.find(|row| row.label == label)
            .map(|row| row.value.clone())
            .unwrap()
    };
    assert_eq!(
        (properties.kind, properties.title.as_str()),
        (PropertiesKind::Object, "hello.txt")
    );
    assert_eq!(
        (value("Size"), value("Content-Type")),
        (PropertyValue::Bytes(12), PropertyValue::Text("text/plain".to_owned()))
    );
    let PropertyValue::Text(url) = value("URL") else {
        panic!("{:?}", value("URL"))
    };
    assert!(url.ends_with("/field-photos/hello.txt"), "{url}");
}

#[tokio::test]
async fn a_check_writes_only_what_it_checked_and_only_once() {
    let story = with_bucket().await;
    for changed in ["other key", "other text", "public"] {
        let token = check(&story, "a.txt", "text").await.token;
        let mut object = object(&story.account, "a.txt", "text", token);
        match changed {
            "other key" => object.key = "b.txt".to_owned(),
            "other text" => object.text = "text\n".to_owned(),
            _ => object.access = UploadAccess::Public,
        }
        let error = story.app.create_text_object(object).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StalePlan, "{changed}");
    }
    let token = check(&story, "a.txt", "text").await.token;
    story
        .app
        .create_text_object(object(&story.account, "a.txt", "text", token.clone()))
        .await
        .unwrap();
    let again = story
        .app
        .create_text_object(object(&story.account, "a.txt", "text", token))
        .await
        .unwrap_err();
    assert_eq!(again.kind(), ErrorKind::StalePlan);
    assert_eq!(story.keys(BUCKET).await, ["a.txt"]);
}

#[tokio::test]
async fn what_changed_on_the_server_since_the_check_is_not_replaced() {
    let story = with_bucket().await;
    let free = check(&story, "a.txt", "mine").await;
    story.put(BUCKET, "a.txt", "someone else's").await;
    let refused = story
        .app
        .create_text_object(object(&story.account, "a.txt", "mine", free.token))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::StalePlan);
    let seen = check(&story, "a.txt", "mine").await;
    assert_eq!((seen.exists, seen.size), (true, Some(14)));
    story
        .app
        .create_text_object(object(&story.account, "a.txt", "mine", seen.token))
        .await
        .unwrap();
    assert_eq!(check(&story, "a.txt", "").await.size, Some(4));
}

#[tokio::test]
async fn a_key_that_cannot_be_is_said_and_refused() {
    let story = with_bucket().await;
    for key in [String::new(), "k".repeat(1_025)] {
        let checked = check(&story, &key, "x").await;
        assert!(checked.problem.is_some());
        let error = story
            .app
            .create_text_object(object(&story.account, &key, "x", checked.token))
            .await
            .unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("key")));
    }
}

#[tokio::test]
async fn folders_are_made_shown_and_not_made_twice() {
    let story = with_bucket().await;
    assert_eq!(
        story
            .app
            .create_folder(&story.account, BUCKET, "", "2026")
            .await
            .unwrap(),
        "2026/"
    );
    let again = story
        .app
        .create_folder(&story.account, BUCKET, "", "2026")
        .await
        .unwrap_err();
    assert_eq!((again.kind(), again.field()), (ErrorKind::Conflict, Some("name")));
    for name in ["", "a/b"] {
        let error = story
            .app
            .create_folder(&story.account, BUCKET, "", name)
            .await
            .unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("name")));
    }
    let view = story.open(BUCKET, "", Mode::Folders).await;
    let rows = story.app.rows(&view, 0, 10).await.unwrap();
    assert_eq!(
        (rows.total, rows.rows[0].kind, rows.rows[0].name[0].text.as_str()),
        (1, RowKind::Folder, "2026")
    );
}

#[tokio::test]
async fn odd_names_are_drawn_and_found_by_their_exact_key() {
    let story = with_bucket().await;
    for key in ["notes ", "photo\u{202E}gpj.exe", "a//b"] {
        story.put(BUCKET, key, "x").await;
    }
    let view = story.open(BUCKET, "", Mode::Flat).await;
    let rows = story.app.rows(&view, 0, 10).await.unwrap().rows;
    let drawn = |key: &str| -> String {
        rows.iter()
            .find(|row| row.key == key)
            .unwrap()
            .name
            .iter()
            .map(|part| part.text.as_str())
            .collect()
    };
    assert_eq!(drawn("notes "), "notes␣");
    assert_eq!(drawn("photo\u{202E}gpj.exe"), "photo\\u202Egpj.exe");
    assert_eq!(drawn("a//b"), "a/(empty name)/b");
    let chosen = story
        .app
        .select(
            &view,
            SelectionChange::Key {
                key: "notes ".to_owned(),
            },
        )
        .await
        .unwrap();
    assert_eq!(chosen.single.map(|row| row.key), Some("notes ".to_owned()));
}

#[tokio::test]
async fn a_folder_means_everything_below_it_and_not_its_namesake() {
    let story = with_bucket().await;
    for key in ["thumbs/1", "thumbs/2", "thumbs-old", "keep", "go"] {
        story.put(BUCKET, key, "1234").await;
    }
    let view = story.open(BUCKET, "", Mode::Folders).await;
    let selection = story.choose(&view, &["thumbs/", "go"]).await;
    let plan = story
        .app
        .plan_delete_objects(&view, &selection.id, QUIET, "plan")
        .await
        .unwrap();
    assert_eq!((plan.objects, plan.bytes, plan.folders, plan.more), (3, 12, 1, 0));
    assert!(!plan.asks_for_name && plan.bucket == BUCKET);
    let job = story
        .ended(story.app.delete_objects(&plan.token, None).await.unwrap())
        .await;
    assert_eq!(
        (job.state, job.items_done, job.account_id),
        (JobState::Done, 3, story.account.clone())
    );
    assert_eq!(story.keys(BUCKET).await, ["keep", "thumbs-old"]);
}

#[tokio::test]
async fn a_delete_is_refused_without_a_fresh_plan() {
    let story = with_bucket().await;
    story.put(BUCKET, "f/1", "x").await;
    let view = story.open(BUCKET, "", Mode::Folders).await;
    let selection = story.choose(&view, &["f/"]).await;
    let made_up = PlanToken::from("0".repeat(32));
    assert_eq!(
        story.app.delete_objects(&made_up, None).await.unwrap_err().kind(),
        ErrorKind::StalePlan
    );

    let plan = story
        .app
        .plan_delete_objects(&view, &selection.id, QUIET, "plan")
        .await
        .unwrap();
    story.put(BUCKET, "f/2", "came in between").await;
    let error = story.app.delete_objects(&plan.token, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StalePlan);
    assert!(
        error
            .to_string()
            .contains("held 1 object when this was shown and hold 2 now"),
        "{error}"
    );
    assert_eq!(
        story.app.delete_objects(&plan.token, None).await.unwrap_err().kind(),
        ErrorKind::StalePlan
    );

    let changed = story
        .app
        .plan_delete_objects(&view, "another selection", QUIET, "plan")
        .await
        .unwrap_err();
    assert_eq!(changed.kind(), ErrorKind::StalePlan);
    assert_eq!(story.keys(BUCKET).await, ["f/1", "f/2"]);
}

#[tokio::test]
async fn a_folder_in_which_one_object_went_and_another_came_is_asked_for_again() {
    let story = with_bucket().await;
    for key in ["f/1", "f/2", "g/1", "g/2"] {
        story.put(BUCKET, key, "1234").await;
    }
    let view = story.open(BUCKET, "", Mode::Folders).await;
    let planned = async |folder: &str| {
        let selection = story.choose(&view, &[folder]).await;
        let plan = story.app.plan_delete_objects(&view, &selection.id, QUIET, "plan").await;
        plan.unwrap().token
    };
    let swapped = planned("f/").await;
    story.delete(BUCKET, "f/2").await;
    story.put(BUCKET, "f/3", "1234").await;
    let rewritten = planned("g/").await;
    story.put(BUCKET, "g/2", "5678").await;
    for token in [swapped, rewritten] {
        let error = story.app.delete_objects(&token, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StalePlan);
        assert!(error.to_string().contains("not those that were shown"), "{error}");
    }
    assert_eq!(story.keys(BUCKET).await, ["f/1", "f/3", "g/1", "g/2"]);
}

#[tokio::test]
async fn public_objects_are_counted_before_they_go() {
    let story = with_bucket().await;
    story.put(BUCKET, "private", "x").await;
    let check = story
        .app
        .check_new_key(&story.account, BUCKET, "public", "x", UploadAccess::Public)
        .await
        .unwrap();
    let public = NewTextObject {
        access: UploadAccess::Public,
        ..object(&story.account, "public", "x", check.token)
    };
    let seen = story.app.create_text_object(public).await.unwrap();
    assert_eq!(seen.map(|badge| badge.access), Some(Access::Public));
    let Target::Selection { view_id, selection_id } = story.target(BUCKET, "", &["private", "public"]).await else {
        panic!("a selection was asked for")
    };
    let plan = story
        .app
        .plan_delete_objects(&view_id, &selection_id, QUIET, "plan")
        .await
        .unwrap();
    assert_eq!(plan.public_count, Some(1));
}

#[tokio::test]
async fn private_is_sent_where_it_is_chosen_and_nothing_otherwise() {
    let story = with_bucket().await;
    for (key, access) in [
        ("default", UploadAccess::ServerDefault),
        ("private", UploadAccess::Private),
    ] {
        let app = &story.app;
        let check = app
            .check_new_key(&story.account, BUCKET, key, "x", access)
            .await
            .unwrap();
        let other = NewTextObject {
            access: UploadAccess::Public,
            ..object(&story.account, key, "x", check.token)
        };
        assert_eq!(
            app.create_text_object(other).await.unwrap_err().kind(),
            ErrorKind::StalePlan
        );
        let check = app
            .check_new_key(&story.account, BUCKET, key, "x", access)
            .await
            .unwrap();
        let made = NewTextObject {
            access,
            ..object(&story.account, key, "x", check.token)
        };
        assert_eq!(app.create_text_object(made).await.unwrap(), None);
    }
    assert_eq!(story.keys(BUCKET).await, ["default", "private"]);
}

#[tokio::test]
async fn a_closed_view_is_gone() {
    let story = with_bucket().await;
    let view = story.open(BUCKET, "", Mode::Flat).await;
    story.app.close_view(&view).await.unwrap();
    assert_eq!(
        story.app.rows(&view, 0, 1).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    story.app.close_view(&view).await.unwrap();
}
