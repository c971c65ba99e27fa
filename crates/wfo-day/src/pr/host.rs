//! Where a pull request is kept, by the remote's address, and how the programs `gh` and `az` are asked about it.
//! They run in a folder of the user's own with a time limit and a cap, and are named exactly what they are asked about.

use std::time::{Duration, Instant};

use serde_json::Value;
use wfo_base::home::Home;
use wfo_base::process::Run;
use wfo_base::{Problem, codes, text};
use wfo_todo::feedback::{ANSWER_LIMIT, Issue, Provider};

/// How long one call may take, and all calls for one pull request together.
const PATIENCE: Duration = Duration::from_secs(20);
const ALTOGETHER: Duration = Duration::from_secs(120);
/// The most pages of one pull request.
const PAGES: usize = 100;
/// The most characters of a text on a command line.
const ARGUMENT: usize = 30_000;

/// One page of threads, as GitHub is asked for it.
const QUERY: &str = "query($owner:String!,$name:String!,$number:Int!,$after:String){\
repository(owner:$owner,name:$name){pullRequest(number:$number){number reviewThreads(first:50,after:$after){\
pageInfo{hasNextPage endCursor} nodes{id isResolved isOutdated path line originalLine \
comments(first:100){pageInfo{hasNextPage} nodes{author{login} createdAt url body}}}}}}}";

/// A repository at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    /// GitHub, also of a company.
    GitHub { host: String, owner: String, name: String },
    /// Azure DevOps.
    Azure { organization: String, project: String, name: String },
}

impl Host {
    /// Takes a remote's address apart; `None` for other hosts, and for what could be an option or worse.
    pub(crate) fn of(url: &str) -> Option<Self> {
        let provider = Provider::of_remote(url)?;
        let after = url.split_once("://").map_or(url, |(_, rest)| rest);
        let after = after.rsplit_once('@').map_or(after, |(_, rest)| rest).replace("%20", " ");
        let parts: Vec<&str> = after.split(['/', ':']).filter(|part| !part.is_empty()).collect();
        let sound =
            |part: &&str| !part.starts_with('-') && part.chars().all(|c| c.is_alphanumeric() || "._- ".contains(c));
        if !parts.iter().all(sound) {
            return None;
        }
        let azure = |organization: String, project: &str, name: &str| Self::Azure {
            organization,
            project: project.to_owned(),
            name: bare(name),
        };
        let dev = |organization: &str| format!("https://dev.azure.com/{organization}");
        match (provider, parts.as_slice()) {
            (Provider::GitHub, [host, .., owner, name]) => {
                Some(Self::GitHub { host: (*host).to_owned(), owner: (*owner).to_owned(), name: bare(name) })
            }
            (Provider::Azure, [_, "v3", organization, project, name]) => Some(azure(dev(organization), project, name)),
            (Provider::Azure, [host, rest @ .., project, "_git", name]) => match rest {
                [] | ["DefaultCollection"] => Some(azure(format!("https://{host}"), project, name)),
                [organization] => Some(azure(dev(organization), project, name)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Says whose it is.
    pub(crate) const fn provider(&self) -> Provider {
        match self {
            Self::GitHub { .. } => Provider::GitHub,
            Self::Azure { .. } => Provider::Azure,
        }
    }

    /// Returns the program's name.
    pub(crate) const fn program(&self) -> &'static str {
        match self {
            Self::GitHub { .. } => "gh",
            Self::Azure { .. } => "az",
        }
    }

    /// Asks for all threads of a pull request; each page with what it is called in messages.
    ///
    /// # Errors
    /// `tool.missing`, `tool.timeout`, `tool.failed`.
    pub(crate) fn threads(&self, home: &Home, pr: u64) -> Result<Vec<(String, String)>, Problem> {
        let began = Instant::now();
        let mut pages = Vec::new();
        let mut after: Option<String> = None;
        let mut bytes = 0;
        loop {
            let page = self.ask(home, self.words(pr, after.as_deref()))?;
            bytes += page.len();
            let next = cursor(&page);
            pages.push((format!("`{}`, page {}", self.program(), pages.len() + 1).replace('`', ""), page));
            let done = next.is_none() || next == after || pages.len() >= PAGES;
            // What is missing then is told: the last page read says that there are more.
            if done || bytes > ANSWER_LIMIT || began.elapsed() > ALTOGETHER {
                return Ok(pages);
            }
            after = next;
        }
    }

    fn words(&self, pr: u64, after: Option<&str>) -> Vec<String> {
        let words = match self {
            Self::GitHub { host, owner, name } => {
                let mut words = vec!["api".to_owned(), "graphql".into(), "--hostname".into(), host.clone()];
                let mut field = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
                field("-f", format!("query={QUERY}"));
                field("-f", format!("owner={owner}"));
                field("-f", format!("name={name}"));
                field("-F", format!("number={pr}"));
                if let Some(after) = after {
                    field("-f", format!("after={after}"));
                }
                return words;
            }
            Self::Azure { organization, project, name } => [
                "devops",
                "invoke",
                "--detect",
                "false",
                "--organization",
                organization,
                "--area",
                "git",
                "--resource",
                "pullRequestThreads",
                "--api-version",
                "7.1",
                "--output",
                "json",
                "--route-parameters",
            ]
            .map(str::to_owned)
            .into_iter()
            .chain([
                format!("project={project}"),
                format!("repositoryId={name}"),
                format!("pullRequestId={pr}"),
            ]),
        };
        words.collect()
    }

    /// Returns the call that makes an issue of a work item.
    pub(crate) fn create(&self, title: &str, body: &str) -> Call {
        match self {
            Self::GitHub { host, owner, name } => {
                let repository = format!("{host}/{owner}/{name}");
                let words = ["issue", "create", "--repo", &repository, "--title", title, "--body-file", "-"];
                Call { words: words.map(str::to_owned).to_vec(), input: Some(body.to_owned()), hidden: None }
            }
            Self::Azure { organization, project, .. } => {
                let words = [
                    "boards",
                    "work-item",
                    "create",
                    "--detect",
                    "false",
                    "--organization",
                    organization,
                    "--project",
                    project,
                    "--type",
                    "Task",
                    "--fields",
                    "System.Tags=pr-feedback",
                    "--output",
                    "json",
                    "--title",
                    title,
                    "--description",
                ];
                Call { words: words.map(str::to_owned).to_vec(), input: None, hidden: Some(html(body)) }
            }
        }
    }

    /// Makes an issue.
    ///
    /// # Errors
    /// `tool.missing`, `tool.timeout`, `tool.failed`, also where no number can be read from what was printed.
    pub(crate) fn made(&self, home: &Home, call: &Call) -> Result<Issue, Problem> {
        let mut run = self.run(home, call.words.iter().chain(&call.hidden));
        if let Some(input) = &call.input {
            run = run.input(input.clone().into_bytes());
        }
        let printed = self.judged(&run)?;
        self.number(&printed).ok_or_else(|| {
            let said = text::quoted(printed.lines().next().unwrap_or_default());
            Problem::new(codes::TOOL_FAILED, format!("`{}` told no number of a new issue: {said}", self.program()))
                .hint("look whether it is there, and write `issue: NUMBER` into the front matter of the page")
        })
    }

    fn number(&self, printed: &str) -> Option<Issue> {
        match self {
            Self::GitHub { .. } => {
                let url = printed.split_whitespace().rfind(|word| word.starts_with("https://"))?;
                let number = url.trim_end_matches('/').rsplit_once("/issues/")?.1.parse().ok()?;
                Some(Issue { number, url: Some(url.to_owned()) })
            }
            Self::Azure { .. } => {
                let value: Value = serde_json::from_str(printed).ok()?;
                let text = |place: &str| value.pointer(place).and_then(Value::as_str).map(str::to_owned);
                let url = text("/_links/html/href").or_else(|| text("/url"));
                Some(Issue { number: value.get("id")?.as_u64()?, url })
            }
        }
    }

    fn ask(&self, home: &Home, words: Vec<String>) -> Result<String, Problem> {
        self.judged(&self.run(home, words.iter()))
    }

    fn run<'a>(&self, home: &Home, words: impl Iterator<Item = &'a String>) -> Run {
        // Nothing of the repository is looked at: not even its folder.
        let run = Run::new(self.program()).args(words).folder(home.config()).limit(PATIENCE).cap(ANSWER_LIMIT);
        run.env("GH_PROMPT_DISABLED", Some("1")).env("GH_NO_UPDATE_NOTIFIER", Some("1")).env("NO_COLOR", Some("1"))
    }

    fn judged(&self, run: &Run) -> Result<String, Problem> {
        let program = self.program();
        let hint = match self {
            Self::GitHub { .. } => {
                "install GitHub's `gh` and run `gh auth login`, or save the answer and give it with `--from FILE`"
            }
            Self::Azure { .. } => {
                "install `az` with its extension azure-devops and run `az login`, or save the answer and give it with `--from FILE`"
            }
        };
        let ran = run.run().map_err(|problem| problem.hint(hint))?;
        if ran.is_ok() && !ran.cut {
            return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        let line =
            said.lines().find(|line| !line.trim().is_empty()).unwrap_or(if ran.cut { "too much" } else { "nothing" });
        let said = text::quoted(&wfo_gate::report::redacted(line));
        Err(Problem::new(codes::TOOL_FAILED, format!("`{program}` did not answer; it said: {said}")).hint(hint))
    }
}

/// A call of a provider's program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    words: Vec<String>,
    input: Option<String>,
    /// A last word too long to be shown.
    hidden: Option<String>,
}

impl Call {
    /// Words it as a shell would take it, and where the text comes from.
    pub(crate) fn shown(&self, program: &str, file: &str) -> String {
        let words: Vec<String> = self.words.iter().map(|word| text::shell_word(&text::one_line(word))).collect();
        let words = words.join(" ");
        let words = if self.hidden.is_some() { format!("{words} TEXT") } else { words };
        let what = if self.hidden.is_some() { "with TEXT" } else { "on standard input" };
        format!("`{program} {words}`, {what}: {file} without its front matter")
    }
}

fn bare(name: &str) -> String {
    name.strip_suffix(".git").unwrap_or(name).to_owned()
}

/// Finds where the next page begins; nothing where this is the last one, or no page at all.
fn cursor(page: &str) -> Option<String> {
    let value: Value = serde_json::from_str(page).ok()?;
    let info = value.pointer("/data/repository/pullRequest/reviewThreads/pageInfo")?;
    let more = info.get("hasNextPage")?.as_bool()?;
    info.get("endCursor")?.as_str().filter(|cursor| more && cursor.len() < 1_000).map(str::to_owned)
}

/// Writes a text as HTML that shows it as it is.
fn html(body: &str) -> String {
    let body = text::clip(body, ARGUMENT).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<pre>{body}</pre>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_says_what_is_asked_about() {
        let github =
            |host: &str| Some(Host::GitHub { host: host.to_owned(), owner: "o".to_owned(), name: "r".to_owned() });
        let azure = |organization: &str, project: &str| {
            let (organization, project) = (organization.to_owned(), project.to_owned());
            Some(Host::Azure { organization, project, name: "r".to_owned() })
        };
        for (url, host) in [
            ("https://github.com/o/r.git", github("github.com")),
            ("git@github.com:o/r.git", github("github.com")),
            ("ssh://git@github.com:22/o/r", github("github.com")),
            ("https://github.example.org/o/r", github("github.example.org")),
            ("https://u@dev.azure.com/o/p/_git/r", azure("https://dev.azure.com/o", "p")),
            ("https://dev.azure.com/o/my%20p/_git/r", azure("https://dev.azure.com/o", "my p")),
            ("git@ssh.dev.azure.com:v3/o/p/r", azure("https://dev.azure.com/o", "p")),
            ("https://o.visualstudio.com/p/_git/r", azure("https://o.visualstudio.com", "p")),
            ("https://o.visualstudio.com/DefaultCollection/p/_git/r", azure("https://o.visualstudio.com", "p")),
            ("https://github.com/-o/r", None),
            ("https://github.com/o/r$(id)", None),
            ("https://github.com/o", None),
            ("https://gitlab.com/o/r", None),
            ("/srv/origin.git", None),
        ] {
            assert_eq!(Host::of(url), host, "{url}");
        }
    }

    #[test]
    fn a_number_is_read_only_where_the_program_told_one() {
        let github = Host::GitHub { host: "github.com".into(), owner: "o".into(), name: "r".into() };
        let azure = Host::Azure { organization: "x".into(), project: "p".into(), name: "r".into() };
        for (host, printed, number) in [
            (&github, "Creating issue\nhttps://github.com/o/r/issues/12\n", Some(12)),
            (&github, "https://github.com/o/r/pull/12\n", None),
            (&github, "", None),
            (&azure, "{\"id\": 7, \"url\": \"https://x\"}", Some(7)),
            (&azure, "{\"id\": \"7\"}", None),
            (&azure, "garbage", None),
        ] {
            assert_eq!(host.number(printed).map(|issue| issue.number), number, "{printed}");
        }
    }
}
