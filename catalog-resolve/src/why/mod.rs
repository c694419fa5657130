//! Why an answer is as it is: who needs what, and what is against anything newer.

mod chain;
mod inquiry;
mod newer;
mod reason;
mod telling;
mod ways;

pub use self::chain::{Chain, Link, Root};
pub use self::newer::WhyNotNewer;
pub use self::ways::ways_to_newer;

use self::inquiry::Inquiry;
use crate::encode::Encoder;
use crate::engine::Engine;
use crate::request::Request;
use crate::resolution::ResolvedRelease;
use crate::situation::Situation;
use crate::universe::Universe;

/// Says of releases of an answer why none newer was chosen: for each newer release of their packages the smallest set of facts against it,
/// given what was decided before its package came up. `of` are [releases](crate::Resolution::releases) of the answer to the same request over
/// the same universe; others are left out.
///
/// Releases with the same reason are one entry. Entries come in the order of `of`, those with the newest release first; the last may be of
/// releases whose reasons were not looked for, because there are too many different ones, or because the request's
/// [budget](Request::budget) ended. If it is [cancelled](Request::cancellation), only what was found out until then is told.
///
/// Nothing is kept of a search for the sake of this: it is done once more, and asked a few more questions for each release.
///
/// ```
/// use catalog_model::InstalledRelease;
/// use catalog_resolve::{Outcome, Request, Universe, resolve, ways_to_newer, why_not_newer};
///
/// let universe = Universe::from_json(r#"{
///     "foo": {"1.0.0": {}, "2.0.0": {"dependencies": [{"name": "lib", "version": ">=2"}]}},
///     "lib": {"1.0.0": {}, "2.0.0": {}}
/// }"#)?;
/// let request = Request::new().install("foo", "*")?.installed(InstalledRelease::new("lib", "1.0.0", "lib"));
/// let Outcome::Resolved(resolution) = resolve(&universe, &request) else { panic!("there is an answer") };
/// let foo = resolution.release("foo").expect("it is asked for");
/// assert_eq!(foo.version(), "1.0.0");
///
/// let why = why_not_newer(&universe, &request, std::slice::from_ref(foo));
/// let ways = ways_to_newer(&universe, &request, &why[0]);
/// assert_eq!(why[0].explanation_with(&ways), "foo 2.0.0: it needs lib >=2; lib 1.0.0 is installed and stays, \
///     because no upgrade of it is asked for (to get foo 2.0.0: upgrade lib)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn why_not_newer(
    universe: &Universe,
    request: &Request,
    of: &[ResolvedRelease],
) -> Vec<WhyNotNewer> {
    let situation = Situation::new(universe, request);
    let mut engine = Engine::default();
    let mut encoder = Encoder::new(&situation);
    encoder.encode_items(&mut engine);
    encoder.encode_installed(&mut engine);
    let mut inquiry = Inquiry::new(&mut encoder, &mut engine);
    let reasons = of.iter().flat_map(|release| inquiry.about(release));
    reasons.collect()
}
