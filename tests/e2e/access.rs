//! Who may reach a bucket, on RGW with a tenant: opened in its three ways and closed again, one tick of the grid, and a
//! bucket of somebody else's added by its name. A stranger looks before and after each.

use dipper_storage::{CannedAcl, Grantee, Right};
use dipper_testkit::Rgw;
use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::cloud::{Cloud, name};
use crate::{alone, with_picture};

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_on_rgw_is_opened_in_three_ways_and_closed() {
    let _alone = alone().await;
    let bucket = format!("e2e-access-{}", std::process::id());
    let cloud = Cloud::rgw();
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let scene = Scene {
        window: &window,
        cloud: &cloud,
        bucket: &bucket,
    };
    let outcome = scene.play(&desk).await;
    with_picture("access", &window, outcome).await;
    window.close().await.unwrap();
}

struct Scene<'a> {
    window: &'a Window,
    cloud: &'a Cloud,
    bucket: &'a str,
}

impl Scene<'_> {
    async fn play(&self, desk: &Desk) -> Result<(), Failure> {
        self.cloud.owner.create(self.bucket).await;
        for key in ["one.txt", "two.txt"] {
            self.cloud.owner.put(self.bucket, key, key).await;
        }
        self.window.add_account(desk, &self.cloud.account).await?;
        self.window.open_bucket(self.bucket).await?;
        self.window.click("tab", "~Permissions").await?;
        self.listing_only().await?;
        self.existing_objects_too().await?;
        self.future_objects_too().await?;
        self.one_tick_of_the_grid().await?;
        self.somebody_else_s_bucket().await
    }

    /// What a stranger is answered: the list, the object that was there from the start, one that came later.
    async fn see_from_outside(&self, list: u16, one: u16, later: u16) {
        let seen = (
            self.cloud.opens(&format!("{}?list-type=2", self.bucket)).await,
            self.cloud.opens(&format!("{}/one.txt", self.bucket)).await,
            self.cloud.opens(&format!("{}/later.txt", self.bucket)).await,
        );
        assert_eq!(seen, (list, one, later));
    }

    async fn see_verdict(&self, access: &str, title: &str) -> Result<(), Failure> {
        let script = "const card = document.querySelector('[data-testid=verdict]');
            return card?.dataset.access === arguments[0] && card.querySelector('h3').innerText === arguments[1]
                && card.innerText.includes('Verified.')";
        let told =
            async || Ok((self.window.run(script, vec![access.into(), title.into()]).await? == true).then_some(()));
        self.window.until(&format!("the verdict {access}: {title}"), told).await
    }

    /// Opens the sheet, ticks these beside the first, which is ticked already, and says yes.
    async fn make_public(&self, ticks: &[&str]) -> Result<(), Failure> {
        let window = self.window;
        window.click("option", &format!("~{}", self.bucket)).await?;
        window.click("button", "Make public").await?;
        window.see("alertdialog", "~Make “").await?;
        // The sheet grows once its first numbers are there, and what is under the pointer moves.
        window.see("button", "Copy address").await?;
        for (before, tick) in (1..).zip(ticks) {
            window.click("checkbox", tick).await?;
            self.see_ticks(before + 1).await?;
        }
        window.read("Make private undoes exactly this.").await?;
        window.click("button", "Make public").await?;
        window.gone("alertdialog", "").await
    }

    async fn see_ticks(&self, count: usize) -> Result<(), Failure> {
        let script =
            "const boxes = document.querySelectorAll('[role=alertdialog] :is(input[type=checkbox], [role=checkbox])');
            return [...boxes].filter((box) => box.checked || box.ariaChecked === 'true').length";
        let told = async || Ok((self.window.run(script, vec![]).await? == count).then_some(()));
        self.window.until(&format!("{count} ticks"), told).await
    }

    /// A bucket always shows what closes; its objects are ticked already.
    async fn make_private(&self) -> Result<(), Failure> {
        let window = self.window;
        window.click("button", "Make private").await?;
        window.see("alertdialog", "~Make “").await?;
        window.click("button", "Make private").await?;
        window.gone("alertdialog", "").await?;
        self.see_verdict("private", "Private").await?;
        self.see_from_outside(403, 403, 403).await;
        Ok(())
    }

    async fn listing_only(&self) -> Result<(), Failure> {
        self.see_from_outside(403, 403, 403).await;
        self.see_verdict("private", "Private").await?;
        self.make_public(&[]).await?;
        self.see_verdict("public", "Anyone on the internet can see its list of objects")
            .await?;
        self.see_from_outside(200, 403, 404).await;
        self.make_private().await
    }

    async fn existing_objects_too(&self) -> Result<(), Failure> {
        self.make_public(&["^Open the objects that are here now"]).await?;
        self.see_verdict(
            "public",
            "Anyone on the internet can see its list and read some objects",
        )
        .await?;
        self.cloud.owner.put(self.bucket, "later.txt", "later").await;
        self.see_from_outside(200, 200, 403).await;
        self.an_object_put_anew().await?;
        self.make_private().await
    }

    /// What is put over an open object is private, and the tab says so without being asked.
    async fn an_object_put_anew(&self) -> Result<(), Failure> {
        let window = self.window;
        window.select_object("two.txt").await?;
        self.see_verdict("public", "Anyone on the internet can read").await?;
        window.click("button", "New text object").await?;
        window.fill("Key", "two.txt").await?;
        window.read("two.txt exists.").await?;
        window.click("button", "Replace object").await?;
        window.gone("dialog", "~New text object").await?;
        self.see_verdict("private", "Private").await?;
        window.click("option", &format!("~{}", self.bucket)).await
    }

    /// Somebody else's statement in the policy stays, before and after.
    async fn future_objects_too(&self) -> Result<(), Failure> {
        let owner = &self.cloud.owner.0;
        let gateway = Rgw::shared()?;
        let theirs = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Theirs","Effect":"Allow","Principal":{{"AWS":["arn:aws:iam::{}:user/{}"]}},"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::{}/shared/*"]}}]}}"#,
            gateway.tenant(),
            gateway.users().second.uid,
            self.bucket
        );
        owner.put_bucket_policy(&name(self.bucket), &theirs).await.unwrap();
        self.make_public(&["^Open everything uploaded later"]).await?;
        self.see_verdict("public", "Anyone on the internet can list and read it")
            .await?;
        self.cloud.owner.put(self.bucket, "later.txt", "again").await;
        self.see_from_outside(200, 200, 200).await;
        let policy = owner
            .bucket_policy(&name(self.bucket))
            .await
            .unwrap()
            .unwrap_or_default();
        assert!(
            policy.contains("DipperPublicRead") && policy.contains("Theirs"),
            "{policy}"
        );

        self.make_private().await?;
        let policy = owner
            .bucket_policy(&name(self.bucket))
            .await
            .unwrap()
            .unwrap_or_default();
        assert!(
            !policy.contains("DipperPublicRead") && policy.contains("Theirs"),
            "{policy}"
        );
        Ok(())
    }

    async fn allows(&self, grantee: &Grantee) -> bool {
        let acl = self.cloud.owner.0.bucket_acl(&name(self.bucket)).await.unwrap();
        acl.allows(grantee, Right::Read)
    }

    /// A tick is only a wish until it is applied, and a public one is asked about once more.
    async fn one_tick_of_the_grid(&self) -> Result<(), Failure> {
        let window = self.window;
        window.click("checkbox", "Authenticated users, Read").await?;
        window.see("button", "Apply 1 change").await?;
        window.click("button", "Reload").await?;
        window.see_disabled("button", "Apply changes").await?;
        assert!(!self.allows(&Grantee::AuthenticatedUsers).await, "dropped");
        window.click("checkbox", "Authenticated users, Read").await?;
        window.click("button", "Apply 1 change").await?;
        window
            .see("alertdialog", "~Open this to anyone with an account")
            .await?;
        window.click("button", "Give these rights").await?;
        window.see_disabled("button", "Apply changes").await?;
        assert!(self.allows(&Grantee::AuthenticatedUsers).await);
        self.see_from_outside(403, 403, 403).await;

        for button in ["Cancel", "Make public"] {
            if button == "Cancel" {
                window.click("checkbox", "All users, Read").await?;
            }
            window.click("button", "Apply 1 change").await?;
            window
                .see("alertdialog", "~Open this to anyone on the internet?")
                .await?;
            assert!(!self.allows(&Grantee::AllUsers).await, "only asked");
            window.click("button", button).await?;
            window.gone("alertdialog", "").await?;
        }
        self.see_verdict("public", "Anyone on the internet can see its list of objects")
            .await?;
        assert!(self.allows(&Grantee::AllUsers).await && self.allows(&Grantee::AuthenticatedUsers).await);
        self.see_from_outside(200, 403, 403).await;
        Ok(())
    }

    /// It is not in the account's list; by its name it is opened, marked, and taken off again without harm.
    async fn somebody_else_s_bucket(&self) -> Result<(), Failure> {
        let window = self.window;
        let gateway = Rgw::shared()?;
        let other = Cloud::of(gateway, &gateway.users().second);
        let shared = format!("e2e-shared-{}", std::process::id());
        other.owner.create(&shared).await;
        other.owner.put(&shared, "theirs.txt", "theirs").await;
        let acl = CannedAcl::PublicRead;
        other.owner.0.put_bucket_canned_acl(&name(&shared), acl).await.unwrap();

        window.click("button", "Add bucket by name…").await?;
        window.fill("Bucket name", "no-such-bucket-anywhere").await?;
        window.click("button", "Add bucket").await?;
        window.read("no-such-bucket-anywhere").await?;
        window.see("dialog", "~Add bucket by name").await?;
        window.see("alert", "").await?;
        window.fill("Bucket name", &shared).await?;
        window.click("button", "Add bucket").await?;
        window.see_keys(&["theirs.txt"]).await?;
        window.see("option", &format!("~{shared} Added")).await?;
        window.click("menuitem", "Buckets").await?;
        window.click("menuitem", "^Take off the list").await?;
        window.gone("option", &format!("~{shared}")).await?;
        assert_eq!(other.owner.keys(&shared).await.len(), 1, "it is still there");
        Ok(())
    }
}
