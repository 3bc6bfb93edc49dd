//! Views on a real S3 server: listing, refreshing, stopping, counting.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::cell::Cell;

use dipper_catalog::{
    Column, Counted, Direction, EntryName, ListingState, Mode, SelectionChange, Sort, View, ViewOptions, ViewStatus,
    count,
};
use dipper_local::{Options, Server};
use dipper_storage::{
    BucketName, Client, Config, CreateBucketOptions, Credentials, Endpoint, ErrorKind, ObjectKey, Prefix, PutOptions,
    Scheme, UploadBody,
};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

struct World {
    client: Client,
    bucket: BucketName,
    _server: Server,
    _storage: TempDir,
}

impl World {
    async fn with_keys(keys: impl IntoIterator<Item = String>) -> Self {
        let storage = tempfile::tempdir().unwrap();
        let options = Options {
            folder: storage.path().join("store"),
            port: None,
            access_key_id: "test-key".to_owned(),
            secret_access_key: "test-secret".into(),
            tenant: "tenant".to_owned(),
        };
        let server = Server::start(options).await.unwrap();
        let mut config = Config::new(Endpoint::parse(&format!("http://{}", server.address()), Scheme::Http).unwrap());
        config.credentials = Some(Credentials {
            access_key_id: "test-key".to_owned(),
            secret_access_key: "test-secret".into(),
            session_token: None,
        });
        let client = Client::new(config).unwrap();
        let bucket = BucketName::parse("bucket").unwrap();
        client
            .create_bucket(&bucket, &CreateBucketOptions::default())
            .await
            .unwrap();
        let world = Self {
            client,
            bucket,
            _server: server,
            _storage: storage,
        };
        for key in keys {
            world.put(&key).await;
        }
        world
    }

    async fn put(&self, name: &str) {
        let body = UploadBody::bytes(name.as_bytes().to_vec());
        self.client
            .put_object(&self.bucket, &key(name), body, &PutOptions::default())
            .await
            .unwrap();
    }

    fn open(&self, prefix: &str, mode: Mode) -> View {
        View::open(ViewOptions {
            client: self.client.clone(),
            bucket: self.bucket.clone(),
            prefix: Prefix::new(prefix),
            mode,
            sort: Sort::default(),
        })
    }
}

fn key(name: &str) -> ObjectKey {
    ObjectKey::parse(name).unwrap()
}

async fn ended(view: &View) -> ViewStatus {
    let mut status = view.status();
    status
        .wait_for(|status| !matches!(status.state, ListingState::Listing))
        .await
        .unwrap()
        .clone()
}

fn names(view: &View) -> Vec<String> {
    view.rows(0, 500).rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn a_view_shows_folders_first_and_counts_everything() {
    let keys = ["b.txt", "A.txt", "p/1", "p/2", "q/r/3", "p2"].map(str::to_owned);
    let world = World::with_keys(keys).await;
    let view = world.open("", Mode::Folders);
    let status = ended(&view).await;
    assert!(matches!(status.state, ListingState::Complete));
    assert_eq!(
        (status.listed, status.folders, status.matching, status.bytes),
        (3, 2, 5, 12)
    );
    assert!(status.finished_at.is_some());
    assert_eq!(names(&view), ["p/", "q/", "A.txt", "b.txt", "p2"]);
    let row = view.rows(3, 1).rows.remove(0);
    assert_eq!(
        (row.index, row.key.as_str(), row.size, row.selected),
        (3, "b.txt", Some(5), false)
    );
    assert!(row.last_modified.is_some() && row.etag.is_some());
    view.set_sort(Sort {
        column: Column::Name,
        direction: Direction::Descending,
    });
    assert_eq!(names(&view), ["q/", "p/", "p2", "b.txt", "A.txt"]);
    view.set_filter("P");
    assert_eq!(names(&view), ["p/", "p2"]);
    let flat = world.open("p/", Mode::Flat);
    ended(&flat).await;
    assert_eq!(names(&flat), ["1", "2"]);
}

#[tokio::test]
async fn more_than_a_page_streams_in_and_a_refresh_keeps_the_selection() {
    let world = World::with_keys((0..1500).map(|number| format!("p/{number:04}"))).await;
    let view = world.open("p/", Mode::Folders);
    assert_eq!(ended(&view).await.listed, 1500);
    assert_eq!(view.rows(1490, 100).rows.len(), 10);
    let range = SelectionChange::Range {
        from: 10,
        to: 1400,
        additive: false,
    };
    assert_eq!(view.select(range).objects, 1391);
    world.client.delete_object(&world.bucket, &key("p/0700")).await.unwrap();
    world.put("p/0000-new").await;
    view.refresh();
    assert!(matches!(view.status().borrow().state, ListingState::Listing));
    assert_eq!(
        view.rows(0, 1).total,
        1500,
        "what was shown stays until the new listing is as long"
    );
    let status = ended(&view).await;
    assert_eq!((status.listed, view.contains_key(&key("p/0700"))), (1500, Some(false)));
    let selection = view.selection();
    assert_eq!((selection.summary().objects, selection.entries().count()), (1390, 1390));
    assert_eq!(view.index_of(&EntryName::Object(key("p/0000-new"))), Some(1));
}

#[tokio::test]
async fn a_stopped_view_keeps_what_it_has_and_a_dropped_one_lists_no_more() {
    let world = World::with_keys((0..5).map(|number| format!("{number}"))).await;
    let view = world.open("", Mode::Folders);
    view.stop();
    let status = view.status().borrow().clone();
    assert!(matches!(status.state, ListingState::Stopped) && status.finished_at.is_some());
    view.refresh();
    assert_eq!(ended(&view).await.listed, 5);
    view.stop();
    assert!(
        matches!(view.status().borrow().state, ListingState::Complete),
        "what has ended cannot be stopped"
    );
    view.refresh();
    let mut status = view.status();
    drop(view);
    let gone = status
        .wait_for(|status| !matches!(status.state, ListingState::Listing))
        .await
        .is_err();
    assert!(gone || !matches!(status.borrow().state, ListingState::Listing));
}

#[tokio::test]
async fn a_listing_that_is_refused_says_why() {
    let world = World::with_keys([]).await;
    let view = View::open(ViewOptions {
        client: world.client.clone(),
        bucket: BucketName::parse("missing").unwrap(),
        prefix: Prefix::default(),
        mode: Mode::Folders,
        sort: Sort::default(),
    });
    let ListingState::Failed(error) = ended(&view).await.state else {
        panic!("it cannot succeed")
    };
    assert_eq!(
        (error.kind(), error.s3_code()),
        (ErrorKind::NotFound, Some("NoSuchBucket"))
    );
}

#[tokio::test]
async fn counting_counts_below_the_prefix_and_stops_when_told() {
    let world = World::with_keys(
        (0..1100)
            .map(|number| format!("p/{number:04}"))
            .chain(["p2".to_owned()]),
    )
    .await;
    let (bucket, prefix) = (&world.bucket, Prefix::new("p/"));
    let (cancel, told) = (CancellationToken::new(), Cell::new(0));
    let counted = count(&world.client, bucket, &prefix, &cancel, |_, _| told.set(told.get() + 1))
        .await
        .unwrap();
    let counted = counted.unwrap();
    assert_eq!((counted.objects, counted.bytes, counted.all()), (1100, 6600, 1100));
    assert_eq!(told.get(), 2, "once a page");
    let stopped = count(&world.client, bucket, &prefix, &cancel, |_, _| cancel.cancel())
        .await
        .unwrap();
    assert_eq!(stopped, None);
}

#[tokio::test]
async fn the_same_count_of_other_things_has_another_fingerprint() {
    let world = World::with_keys(["a", "b"].map(str::to_owned)).await;
    let cancel = CancellationToken::new();
    let counted = async || -> Counted {
        let (client, bucket, all) = (&world.client, &world.bucket, Prefix::default());
        count(client, bucket, &all, &cancel, |_, _| ()).await.unwrap().unwrap()
    };
    let before = counted().await;
    assert_eq!(counted().await, before);
    world.client.delete_object(&world.bucket, &key("b")).await.unwrap();
    world.put("c").await;
    let after = counted().await;
    assert_eq!((after.objects, after.bytes), (before.objects, before.bytes));
    assert_ne!(after.fingerprint, before.fingerprint);
    world.client.delete_object(&world.bucket, &key("c")).await.unwrap();
    world.put("b").await;
    assert_eq!(counted().await, before, "as it was");
}
