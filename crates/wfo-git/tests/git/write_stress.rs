//! Many calls that add worktrees to one repository at the same moment. `WFO_STRESS` makes it as many as the promise says.

use wfo_base::codes;

use crate::sandbox::Sandbox;
use crate::write_trees::add;

fn stress(few: usize, many: usize) -> usize {
    if std::env::var_os("WFO_STRESS").is_some() { many } else { few }
}

#[test]
fn stress_many_worktrees_at_once_all_succeed() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let (repository, count) = (sandbox.open(), stress(8, 50));
    std::thread::scope(|scope| {
        for number in 0..count {
            let (repository, sandbox_path, head) = (&repository, sandbox.path(&format!("t{number}/same-name")), &head);
            scope.spawn(move || add(repository, &sandbox_path, &format!("task/{number}"), Some(head)).unwrap());
        }
    });
    assert_eq!(sandbox.git(&["worktree", "list"]).lines().count(), count + 1);
    for number in 0..count {
        assert_eq!(sandbox.git_in(&sandbox.path(&format!("t{number}/same-name")), &["status", "--porcelain"]), "");
    }
}

#[test]
fn stress_of_those_who_want_the_same_exactly_one_gets_it() {
    let sandbox = Sandbox::with_files();
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let repository = sandbox.open();
    for round in 0..stress(2, 10) {
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..6)
                .map(|number| {
                    let path = sandbox.path(&format!("r{round}/{}", if number % 2 == 0 { "same" } else { "other" }));
                    let (repository, head) = (&repository, &head);
                    scope.spawn(move || add(repository, &path, &format!("same{round}"), Some(head)))
                })
                .collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|p| p.code == codes::WORKTREE_EXISTS));
        assert_eq!(sandbox.git(&["worktree", "list"]).lines().count(), round + 2);
    }
}
