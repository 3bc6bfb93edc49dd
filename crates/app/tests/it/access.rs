//! Public and private: planned, applied, proved by a stranger who has no part in it.

use dipper_app::{
    Access, AccessPlan, AccessResult, Audience, ErrorKind, GrantChange, JobState, LinkKind, LinkRequest, LinkRole,
    Mode, NewGrantee, NewGranteeKind, PublicLevel, PublicScope, Right, Scheme, SelectionChange, SensitiveNames,
    SignatureVersion, Target, Tick, Verdict,
};
use dipper_testkit::http::Stranger;

use crate::support::{self, Story, TENANT};
use crate::window::{QUIET, Window};

const BUCKET: &str = "field-photos";
const LISTING: PublicScope = PublicScope {
    listing: true,
    existing: false,
    future: false,
};
const EXISTING: PublicScope = PublicScope {
    listing: false,
    existing: true,
    future: false,
};
const FUTURE: PublicScope = PublicScope {
    listing: false,
    existing: false,
    future: true,
};

async fn with_objects() -> Story {
    let story = support::story().await;
    story.app.create_bucket(&story.account, BUCKET).await.unwrap();
    for key in ["hello.txt", "private_info.txt", "raw/1.jpg", "raw/2.jpg"] {
        story.put(BUCKET, key, "Hello World!").await;
    }
    story
}

/// What someone without keys is answered.
async fn stranger(story: &Story, path: &str) -> u16 {
    let url = format!("http://{}/{TENANT}:{BUCKET}{path}", story.endpoint);
    Stranger::new().get(&url).await.unwrap().status.as_u16()
}

async fn public(story: &Story, target: &Target, scope: PublicScope) -> AccessPlan {
    story
        .app
        .plan_make_public(target, scope, SensitiveNames::Open, QUIET, "plan")
        .await
        .unwrap()
}

/// What the look after a change showed.
fn seen(done: &AccessResult) -> &Verdict {
    done.verdict.as_ref().unwrap()
}

async fn private(story: &Story, target: &Target, existing: bool) -> AccessPlan {
    story
        .app
        .plan_make_private(target, existing, QUIET, "plan")
        .await
        .unwrap()
}

#[tokio::test]
async fn one_object_is_made_public_and_private_again() {
    let story = with_objects().await;
    let target = story.target(BUCKET, "", &["hello.txt"]).await;
    let plan = public(&story, &target, PublicScope::default()).await;
    assert_eq!(
        (plan.objects, plan.already_public, plan.requests, plan.confirm),
        (1, Some(0), 1, false)
    );
    assert_eq!(
        plan.exact_acl,
        "PUT /field-photos/hello.txt?acl\nx-amz-acl: public-read"
    );
    assert_eq!(stranger(&story, "/hello.txt").await, 403);
    let done = story.app.apply_access_plan(&plan.token).await.unwrap();
    assert_eq!(
        (done.job_id, seen(&done).access, seen(&done).proof.ok),
        (None, Access::Public, true)
    );
    assert_eq!(seen(&done).text, "1 of 1 object, through All users");
    assert_eq!(stranger(&story, "/hello.txt").await, 200);
    let used = story.app.apply_access_plan(&plan.token).await.unwrap_err();
    assert_eq!(used.kind(), ErrorKind::StalePlan);

    let back = private(&story, &target, true).await;
    let done = story.app.apply_access_plan(&back.token).await.unwrap();
    assert_eq!((seen(&done).access, seen(&done).proof.ok), (Access::Private, true));
    assert_eq!(stranger(&story, "/hello.txt").await, 403);
}

#[tokio::test]
async fn a_sensitive_name_and_several_objects_ask_first() {
    let story = with_objects().await;
    let one = story.target(BUCKET, "", &["private_info.txt"]).await;
    let plan = public(&story, &one, PublicScope::default()).await;
    assert!(plan.confirm && plan.sensitive == ["private_info.txt"]);
    let several = story.target(BUCKET, "", &["hello.txt", "raw/"]).await;
    let plan = public(&story, &several, PublicScope::default()).await;
    assert_eq!((plan.objects, plan.bytes, plan.confirm), (3, 36, true));
    story.app.apply_access_plan(&plan.token).await.unwrap();
    assert_eq!(
        (
            stranger(&story, "/raw/2.jpg").await,
            stranger(&story, "/private_info.txt").await
        ),
        (200, 403)
    );
}

#[tokio::test]
async fn more_objects_than_are_read_are_all_changed_and_nothing_is_claimed_of_the_others() {
    let story = support::story().await;
    story.app.create_bucket(&story.account, BUCKET).await.unwrap();
    for number in 0..205 {
        story.put(BUCKET, &format!("many/{number:03}"), "x").await;
    }
    let view = story.open(BUCKET, "many/", Mode::Flat).await;
    let selection = story.app.select(&view, SelectionChange::All).await.unwrap().id;
    let selected = Target::Selection {
        view_id: view,
        selection_id: selection,
    };
    let folder = story.target(BUCKET, "", &["many/"]).await;
    for (target, looked_at) in [
        (&selected, "the first 200 of 205 objects"),
        (&folder, "the first 200 objects"),
    ] {
        let before = story.app.load_permissions(target).await.unwrap();
        assert!(before.partly.is_some_and(|words| words.contains(looked_at)));
        assert_eq!(before.verdict.access, Access::Unknown, "the last five may be public");

        let plan = public(&story, target, PublicScope::default()).await;
        assert_eq!((plan.objects, plan.requests), (205, 205));
        let done = story.app.apply_access_plan(&plan.token).await.unwrap();
        assert_eq!(story.ended(done.job_id.unwrap()).await.items_done, 205);
        assert_eq!(
            [stranger(&story, "/many/000").await, stranger(&story, "/many/204").await],
            [200, 200]
        );
        let open = story.app.check_access(target).await.unwrap();
        assert_eq!(open.access, Access::Partly);
        assert!(open.text.starts_with(&format!("200 of {looked_at}")), "{}", open.text);

        let plan = private(&story, target, true).await;
        let done = story.app.apply_access_plan(&plan.token).await.unwrap();
        assert_eq!(story.ended(done.job_id.unwrap()).await.items_done, 205);
        assert_eq!(
            [stranger(&story, "/many/000").await, stranger(&story, "/many/204").await],
            [403, 403]
        );
    }

    let plan = public(&story, &folder, PublicScope::default()).await;
    story.delete(BUCKET, "many/000").await;
    story.put(BUCKET, "many/new", "x").await;
    let error = story.app.apply_access_plan(&plan.token).await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::StalePlan,
        "as many, but not those that were shown"
    );
}

#[tokio::test]
async fn a_buckets_list_is_opened_alone() {
    let story = with_objects().await;
    let bucket = story.bucket(BUCKET);
    let plan = public(&story, &bucket, LISTING).await;
    assert!(plan.confirm && plan.exact_policy.is_none() && plan.requests == 1);
    let changes: Vec<&str> = plan
        .rows
        .iter()
        .filter(|row| row.changes)
        .map(|row| row.what.as_str())
        .collect();
    assert_eq!(changes, ["List object names"]);
    let done = story.app.apply_access_plan(&plan.token).await.unwrap();
    assert_eq!((seen(&done).level, seen(&done).proof.ok), (PublicLevel::Listable, true));
    assert_eq!(
        (stranger(&story, "/").await, stranger(&story, "/hello.txt").await),
        (200, 403)
    );
    let badge = story.app.bucket_access(&story.account, BUCKET).await.unwrap();
    assert_eq!(badge.access, Access::Public);

    let back = private(&story, &bucket, false).await;
    let done = story.app.apply_access_plan(&back.token).await.unwrap();
    assert_eq!((seen(&done).access, seen(&done).proof.ok), (Access::Private, true));
    assert_eq!(stranger(&story, "/").await, 403);
}

#[tokio::test]
async fn existing_objects_are_opened_by_a_job_and_what_is_left_private_stays() {
    let story = with_objects().await;
    let bucket = story.bucket(BUCKET);
    let all = public(&story, &bucket, EXISTING).await;
    assert_eq!((all.sensitive_count, all.left_private), (1, 0));
    assert_eq!(all.sensitive, ["private_info.txt"]);
    let plan = story
        .app
        .plan_make_public(&bucket, EXISTING, SensitiveNames::LeavePrivate, QUIET, "plan")
        .await
        .unwrap();
    assert_eq!((plan.objects, plan.requests, plan.already_public), (4, 3, Some(0)));
    assert_eq!((plan.sensitive.len(), plan.left_private), (0, 1));
    let done = story.app.apply_access_plan(&plan.token).await.unwrap();
    let job = story.ended(done.job_id.unwrap()).await;
    assert_eq!((job.state, job.items_done), (JobState::Done, 3), "{:?}", job.errors);
    let seen = [
        stranger(&story, "/hello.txt").await,
        stranger(&story, "/private_info.txt").await,
        stranger(&story, "/").await,
    ];
    assert_eq!(seen, [200, 403, 403]);

    let back = private(&story, &bucket, true).await;
    assert_eq!(back.already_public, Some(3));
    // So few are closed one by one: whoever else was granted something keeps it.
    assert_eq!(story.app.apply_access_plan(&back.token).await.unwrap().job_id, None);
    assert_eq!(stranger(&story, "/hello.txt").await, 403);
}

#[tokio::test]
async fn names_that_look_sensitive_are_left_private_however_many_they_are() {
    let story = with_objects().await;
    for index in 0..130 {
        story.put(BUCKET, &format!("keys/{index}.pem"), "x").await;
    }
    let bucket = story.bucket(BUCKET);
    let listing = public(&story, &bucket, LISTING).await;
    assert_eq!(
        (listing.sensitive.len(), listing.sensitive_count),
        (0, 0),
        "nothing is opened"
    );
    let all = public(&story, &bucket, EXISTING).await;
    assert_eq!((all.sensitive.len(), all.sensitive_count), (100, 131));
    let plan = story
        .app
        .plan_make_public(&bucket, EXISTING, SensitiveNames::LeavePrivate, QUIET, "plan")
        .await
        .unwrap();
    assert_eq!((plan.sensitive_count, plan.left_private, plan.requests), (0, 131, 3));
    let done = story.app.apply_access_plan(&plan.token).await.unwrap();
    story.ended(done.job_id.unwrap()).await;
    assert_eq!(stranger(&story, "/hello.txt").await, 200);
    for key in ["keys/0.pem", "keys/129.pem", "private_info.txt"] {
        assert_eq!(stranger(&story, &format!("/{key}")).await, 403, "{key}");
    }
}

#[tokio::test]
async fn making_a_bucket_private_closes_its_objects_and_keeps_the_grants_of_others() {
    let story = with_objects().await;
    let bucket = story.bucket(BUCKET);
    let target = story.target(BUCKET, "", &["hello.txt"]).await;
    let read = story.app.load_permissions(&target).await.unwrap();
    let bob = NewGrantee {
        kind: NewGranteeKind::User,
        value: format!("{TENANT}$bob"),
        rights: vec![Right::Read],
    };
    let public_too = [change("all", Right::Read, true)];
    let plan = story
        .app
        .plan_permission_change(&target, &read.read_token, &public_too, &[bob])
        .await
        .unwrap();
    story.app.apply_permission_change(&plan.token).await.unwrap();
    assert_eq!(stranger(&story, "/hello.txt").await, 200);
    let back = private(&story, &bucket, true).await;
    assert_eq!((back.already_public, back.requests, back.confirm), (Some(1), 1, true));
    story.app.apply_access_plan(&back.token).await.unwrap();
    assert_eq!(stranger(&story, "/hello.txt").await, 403);
    let now = story.app.load_permissions(&target).await.unwrap();
    assert!(now.copy_text.contains("$bob: Read"), "{}", now.copy_text);
}

#[tokio::test]
async fn an_edit_for_everyone_with_an_account_is_not_called_the_internet() {
    let story = with_objects().await;
    let bucket = story.bucket(BUCKET);
    let read = story.app.load_permissions(&bucket).await.unwrap();
    let accounts = [change("authenticated", Right::Read, true)];
    let plan = story
        .app
        .plan_permission_change(&bucket, &read.read_token, &accounts, &[])
        .await
        .unwrap();
    assert_eq!(plan.publishes, Some(Audience::Accounts));
    story.app.apply_permission_change(&plan.token).await.unwrap();
    let verdict = story.app.check_access(&bucket).await.unwrap();
    assert_eq!(verdict.access, Access::Partly);
    assert!(verdict.title.starts_with("Anyone with an account"), "{}", verdict.title);
}

#[tokio::test]
async fn in_local_storage_anyone_is_anyone_on_this_computer() {
    let (app, _folder) = support::app().await;
    let account = app.open_local_storage().await.unwrap().id;
    app.create_bucket(&account, BUCKET).await.unwrap();
    let window = Window { app, account };
    let bucket = window.bucket(BUCKET);
    let plan = window
        .app
        .plan_make_public(&bucket, LISTING, SensitiveNames::Open, QUIET, "plan")
        .await;
    let done = window.app.apply_access_plan(&plan.unwrap().token).await.unwrap();
    assert_eq!(seen(&done).title, "Anyone on this computer can see its list of objects");
}

#[tokio::test]
async fn future_objects_are_opened_by_one_statement_of_ours() {
    let story = with_objects().await;
    let bucket = story.bucket(BUCKET);
    let plan = public(&story, &bucket, FUTURE).await;
    assert!(
        plan.exact_policy
            .as_ref()
            .is_some_and(|policy| policy.contains("DipperPublicRead"))
    );
    let done = story.app.apply_access_plan(&plan.token).await.unwrap();
    assert_eq!((seen(&done).level, seen(&done).proof.ok), (PublicLevel::Readable, true));
    story.put(BUCKET, "later.txt", "x").await;
    assert_eq!(
        (stranger(&story, "/later.txt").await, stranger(&story, "/").await),
        (200, 403)
    );
    let one = story.target(BUCKET, "", &["later.txt"]).await;
    assert_eq!(private(&story, &one, true).await.remaining.len(), 1);
    let view = story.open(BUCKET, "", Mode::Folders).await;
    let badges = story
        .app
        .row_access(&view, &["later.txt".to_owned(), "raw/".to_owned()])
        .await
        .unwrap();
    assert_eq!((badges[0].access, badges[1].access), (Access::Public, Access::Unknown));

    let back = private(&story, &bucket, false).await;
    let done = story.app.apply_access_plan(&back.token).await.unwrap();
    assert_eq!((seen(&done).access, seen(&done).proof.ok), (Access::Private, true));
    assert_eq!(stranger(&story, "/later.txt").await, 403);
}

#[tokio::test]
async fn a_plan_is_refused_when_the_server_changed_since() {
    let story = with_objects().await;
    let bucket = story.bucket(BUCKET);
    let count = public(&story, &bucket, EXISTING).await;
    story.put(BUCKET, "new.txt", "x").await;
    assert_eq!(
        story.app.apply_access_plan(&count.token).await.unwrap_err().kind(),
        ErrorKind::StalePlan
    );
    let (first, second) = (
        public(&story, &bucket, LISTING).await,
        public(&story, &bucket, LISTING).await,
    );
    story.app.apply_access_plan(&first.token).await.unwrap();
    assert_eq!(
        story.app.apply_access_plan(&second.token).await.unwrap_err().kind(),
        ErrorKind::StalePlan
    );
    let nothing = story
        .app
        .plan_make_public(&bucket, PublicScope::default(), SensitiveNames::Open, QUIET, "plan")
        .await
        .unwrap_err();
    assert_eq!(
        (nothing.kind(), nothing.field()),
        (ErrorKind::InvalidInput, Some("scope"))
    );
    let both = story
        .app
        .plan_make_public(&bucket, FUTURE, SensitiveNames::LeavePrivate, QUIET, "plan")
        .await
        .unwrap_err();
    assert_eq!(both.field(), Some("leavePrivate"));
}

fn change(row: &str, right: Right, on: bool) -> GrantChange {
    GrantChange {
        row: row.to_owned(),
        right,
        on,
    }
}

#[tokio::test]
async fn single_grants_are_edited_against_what_was_read() {
    let story = with_objects().await;
    let target = story.target(BUCKET, "", &["hello.txt", "private_info.txt"]).await;
    let read = story.app.load_permissions(&target).await.unwrap();
    assert!(read.supported && read.objects == 2 && read.label == "2 objects");
    let names: Vec<&str> = read.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Owner", "Authenticated users", "All users"]);
    assert_eq!(read.verdict.access, Access::Private);
    let changes = [change("all", Right::Read, true)];
    let bob = NewGrantee {
        kind: NewGranteeKind::User,
        value: format!("{TENANT}$bob"),
        rights: vec![Right::Read, Right::ReadAcp],
    };
    let plan = story
        .app
        .plan_permission_change(&target, &read.read_token, &changes, &[bob])
        .await
        .unwrap();
    assert_eq!((plan.publishes, plan.objects), (Some(Audience::Anyone), 2));
    assert!(plan.after.contains(&"All users: Read".to_owned()), "{:?}", plan.after);
    let stale = story
        .app
        .plan_permission_change(&target, &read.read_token, &changes, &[])
        .await
        .unwrap();
    story.app.apply_permission_change(&plan.token).await.unwrap();
    let now = story.app.load_permissions(&target).await.unwrap();
    assert_eq!((now.verdict.access, now.verdict.proof.ok), (Access::Public, true));
    let bob = now.rows.iter().find(|row| row.name.ends_with("$bob")).unwrap();
    let ticks: Vec<Tick> = bob.cells.iter().map(|cell| cell.tick).collect();
    assert_eq!(ticks, [Tick::Off, Tick::On, Tick::None, Tick::On, Tick::Off]);
    assert_eq!(stranger(&story, "/private_info.txt").await, 200);
    assert_eq!(
        story
            .app
            .apply_permission_change(&stale.token)
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::StalePlan
    );

    // Making it private takes away what strangers have, and only that.
    let back = private(&story, &target, true).await;
    assert!(
        back.remaining.iter().any(|line| line.contains("$bob: Read")),
        "{:?}",
        back.remaining
    );
    let done = story.app.apply_access_plan(&back.token).await.unwrap();
    assert_eq!((seen(&done).access, seen(&done).others.len()), (Access::Private, 1));
}

#[tokio::test]
async fn an_edit_is_bound_to_its_reading_and_has_to_change_something() {
    let story = with_objects().await;
    let bucket = story.bucket(BUCKET);
    let read = story.app.load_permissions(&bucket).await.unwrap();
    let one = [change("all", Right::Read, true)];
    let other = story.target(BUCKET, "", &["hello.txt"]).await;
    for (target, token) in [(&bucket, "made up"), (&other, read.read_token.as_str())] {
        let error = story
            .app
            .plan_permission_change(target, token, &one, &[])
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StalePlan);
    }
    let nothing = story
        .app
        .plan_permission_change(&bucket, &read.read_token, &[], &[])
        .await
        .unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::InvalidInput);
}

fn request(target: Target, kind: LinkKind, style: SignatureVersion, with_project_id: bool) -> LinkRequest {
    LinkRequest {
        target,
        kind,
        expires_seconds: 3_600,
        style,
        scheme: Scheme::Http,
        with_project_id,
    }
}

#[tokio::test]
async fn links_of_both_styles_open_what_is_private_and_break_when_changed() {
    let story = with_objects().await;
    with_project_id(&story).await;
    let stranger = Stranger::new();
    for style in [SignatureVersion::V4, SignatureVersion::V2] {
        for project in [true, false] {
            let target = story.target(BUCKET, "", &["private_info.txt"]).await;
            let set = story
                .app
                .make_links(&request(target, LinkKind::Expiring, style, project))
                .await
                .unwrap();
            let link = &set.links[0];
            assert!(set.works_until.is_some() && set.access.is_none());
            assert_eq!(
                link.parts.iter().map(|part| part.text.as_str()).collect::<String>(),
                link.url
            );
            assert_eq!(link.parts.iter().any(|part| part.role == LinkRole::ProjectId), project);
            assert_eq!(
                stranger.get(&link.url).await.unwrap().status,
                200,
                "{style:?} {project}"
            );
            let pasted = link
                .url
                .replacen(&format!("/{BUCKET}/"), &format!("/{TENANT}:{BUCKET}/"), 1);
            if !project {
                assert_eq!(stranger.get(&pasted).await.unwrap().status, 403, "{style:?}");
            }
            assert!(!format!("{link:?}").contains("Signature="));
        }
    }
    let target = story.target(BUCKET, "", &["hello.txt"]).await;
    let too_long = LinkRequest {
        expires_seconds: 604_801,
        ..request(target, LinkKind::Expiring, SignatureVersion::V4, true)
    };
    let error = story.app.make_links(&too_long).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidInput, Some("expiresSeconds"))
    );
}

#[tokio::test]
async fn a_public_link_is_tried_before_it_is_said_to_work() {
    let story = with_objects().await;
    with_project_id(&story).await;
    let target = story.target(BUCKET, "", &["hello.txt"]).await;
    let asked = request(target.clone(), LinkKind::Public, SignatureVersion::V4, true);
    let before = story.app.make_links(&asked).await.unwrap();
    assert_eq!(before.access, Some(Access::Private));
    assert!(before.proof.is_some_and(|proof| proof.contains("403 Forbidden")));
    let plan = public(&story, &target, PublicScope::default()).await;
    story.app.apply_access_plan(&plan.token).await.unwrap();
    let after = story.app.make_links(&asked).await.unwrap();
    assert_eq!(
        (after.access, after.works_until, after.project_id.as_deref()),
        (Some(Access::Public), None, Some(TENANT))
    );
    assert_eq!(
        after.links[0].url,
        format!("http://{}/{TENANT}:{BUCKET}/hello.txt", story.endpoint)
    );
    let folder = story.target(BUCKET, "", &["raw/"]).await;
    let refused = story
        .app
        .make_links(&request(folder, LinkKind::Public, SignatureVersion::V4, true))
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_public_link_is_tried_at_its_own_address() {
    let story = with_objects().await;
    with_project_id(&story).await;
    let target = story.target(BUCKET, "", &["hello.txt"]).await;
    let plan = public(&story, &target, PublicScope::default()).await;
    story.app.apply_access_plan(&plan.token).await.unwrap();
    let here = request(target.clone(), LinkKind::Public, SignatureVersion::V4, true);
    let elsewhere = LinkRequest {
        scheme: Scheme::Https,
        ..here.clone()
    };
    assert_eq!(story.app.make_links(&here).await.unwrap().access, Some(Access::Public));
    let dead = story.app.make_links(&elsewhere).await.unwrap();
    assert!(dead.links[0].url.starts_with("https:"));
    assert_eq!(dead.access, Some(Access::Unknown), "{:?}", dead.proof);
}

/// Saves the Project ID with the account, as its form would.
async fn with_project_id(story: &Story) {
    let mut draft = support::draft(&story.endpoint);
    draft.id = Some(story.account.clone());
    draft.project_id = Some(TENANT.to_owned());
    story.app.save_account(draft).await.unwrap();
}
