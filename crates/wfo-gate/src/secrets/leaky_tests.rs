//! A home folder and a web server full of secrets, made at run time: how many lines of them the sweep finds, and how many it adds.
//! Each file has its number of lines with a risk; what is found beyond is over-counted.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;

use super::tests::{B62, HEX, github, random, sweep};

const SIGNS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!@#%^*_-+=";

/// Path, text, lines that hold a secret.
type File = (&'static str, String, usize);

fn pass(seed: u64) -> String {
    random(B62, 11, seed)
}

fn clients() -> Vec<File> {
    let (p, q) = (pass(1), pass(2));
    vec![
        (".netrc", format!("machine ftp.shop.io\nlogin bob\npassword {p}\n\nmachine api.shop.io login ann password {q}\n"), 2),
        (".git-credentials", format!("https://bob:{p}@git.shop.io\n"), 1),
        (".ftpconfig", format!("{{\n  \"protocol\": \"ftp\",\n  \"host\": \"shop.io\",\n  \"user\": \"bob\",\n  \"pass\": \"{p}\",\n  \"promptForPass\": false\n}}\n"), 1),
        (".remote-sync.json", format!("{{\n \"hostname\": \"shop.io\",\n \"username\": \"bob\",\n \"password\": \"{p}\",\n \"target\": \"/x\"\n}}\n"), 1),
        (".vscode/sftp.json", format!("{{\n \"host\": \"shop.io\",\n \"username\": \"bob\",\n \"password\": \"{p}\",\n \"passphrase\": \"{q}\"\n}}\n"), 2),
        ("deployment-config.json", format!("{{\n \"host\": \"shop.io\",\n \"user\": \"bob\",\n \"password\": \"{p}\"\n}}\n"), 1),
        (".esmtprc", format!("identity \"bob@shop.io\"\nhostname mail.shop.io:587\nusername \"bob\"\npassword \"{p}\"\n"), 1),
        (".pgpass", format!("# host:port:db:user:password\ndb.shop.io:5432:shop:bob:{p}\n"), 1),
        ("proftpdpasswd", format!("bob:$1$ab1cd2ef${}:1000:1000:,,,:/srv:/bin/false\n", random(B62, 22, 4)), 1),
        ("filezilla/recentservers.xml", format!("<Server>\n<Host>shop.io</Host>\n<User>bob</User>\n<Pass encoding=\"base64\">{}==</Pass>\n</Server>\n", random(B62, 14, 5)), 1),
        ("filezilla/filezilla.xml", format!("<Setting>1</Setting>\n<Pass>{p}</Pass>\n<Pass>{q}</Pass>\n"), 2),
        (".npmrc", format!("//registry.npmjs.org/:_authToken=npm_{}\nsave-exact=true\n", random(B62, 36, 6)), 1),
        (".docker/.dockercfg", format!("{{\n \"https://index.shop.io/v1/\": {{\n  \"auth\": \"{}=\",\n  \"email\": \"bob@shop.io\"\n }}\n}}\n", random(B62, 23, 7)), 1),
        (".docker/config.json", format!("{{\n \"auths\": {{ \"r.shop.io\": {{\n  \"auth\": \"{}=\"\n }} }}\n}}\n", random(B62, 23, 8)), 1),
        ("cloud/.s3cfg", format!("[default]\naccess_key = {}\nbucket_location = US\nsecret_key = {}\n", random(B62, 20, 9), random(B62, 40, 10)), 2),
        ("cloud/.credentials", format!("[default]\naws_access_key_id = AKIA{}\naws_secret_access_key = {}\n", random("ABCDEFGHIJKLMNOP234567", 16, 11), random(B62, 40, 12)), 2),
        ("cloud/heroku.json", format!("{{\n \"email\": \"bob@shop.io\",\n \"api_key\": \"{}\"\n}}\n", random(HEX, 36, 13)), 1),
        ("cloud/.tugboat", format!("---\nauthentication:\n  client_key: {}\n  api_key: {}\nssh:\n  ssh_user: root\n  ssh_port: '22'\n", random(HEX, 32, 14), random(HEX, 32, 15)), 2),
        ("hub", format!("github.com:\n- user: bob\n  oauth_token: {}\n  protocol: https\n", random(HEX, 40, 16)), 1),
        (".mozilla/firefox/logins.json", format!("{{\"logins\":[\n{{\"hostname\":\"https://shop.io\",\n\"encryptedUsername\":\"{}\",\n\"encryptedPassword\":\"{}\"}}]}}\n", random(B62, 60, 17), random(B62, 60, 18)), 2),
        (".idea/WebServers.xml", format!("<webServer id=\"x\" name=\"shop\">\n<fileTransfer host=\"shop.io\" port=\"22\" password=\"{}\" username=\"bob\"/>\n</webServer>\n", random(HEX, 40, 19)), 1),
    ]
}

fn server() -> Vec<File> {
    let (p, q) = (pass(21), pass(22));
    let salts: String = ["AUTH_KEY", "SECURE_AUTH_KEY", "LOGGED_IN_KEY", "NONCE_KEY", "AUTH_SALT", "SECURE_AUTH_SALT", "LOGGED_IN_SALT", "NONCE_SALT"]
        .iter()
        .zip(30..)
        .map(|(name, seed)| format!("define('{name}', '{}');\n", random(SIGNS, 64, seed)))
        .collect();
    let dump: String = (0..10u64)
        .map(|index| format!("INSERT INTO `users` VALUES ({index},'user{index}','u{index}@shop.io','{}','2019-01-01');\n", random(HEX, 32, 50 + index)))
        .collect();
    vec![
        ("www/.htpasswd", format!("bob:$apr1$8fK2mQx1${}\n", random(B62, 22, 23)), 1),
        ("etc/shadow", format!("root:$6$8fK2mQx1${}:17737:0:99999:7:::\ndaemon:*:17647:0:99999:7:::\nsshd:!:17647::::::\n", random(B62, 86, 24)), 1),
        ("www/wp-config.php", format!("<?php\ndefine('DB_NAME', 'shop');\ndefine('DB_USER', 'bob');\ndefine('DB_PASSWORD', '{p}');\ndefine('DB_HOST', 'localhost');\n{salts}"), 9),
        ("www/config.php", format!("<?php\n$dbms = 'mysqli';\n$dbuser = 'bob';\n$dbpasswd = '{p}';\n$table_prefix = 'phpbb_';\n"), 1),
        ("db/dump.sql", format!("CREATE TABLE `users` (\n `id` int,\n `password` varchar(32)\n);\n{dump}"), 10),
        ("db/mongoid.yml", format!("development:\n  clients:\n    default:\n      uri: mongodb://bob:{p}@db.shop.io/shop\nproduction:\n  password: {q}\n"), 2),
        ("db/robomongo.json", format!("{{\n \"connections\": [{{\n  \"userName\": \"bob\",\n  \"userPassword\": \"{p}\",\n  \"sshPassphrase\": \"{q}\"\n }}]\n}}\n"), 2),
        ("db/dbeaver-data-sources.xml", format!("<connection host=\"db\" user=\"bob\" password=\"{p}\"/>\n"), 1),
        ("rails/config/master.key", format!("{}\n", random(HEX, 32, 25)), 1),
        ("rails/secrets.yml", format!("development:\n  secret_key_base: {}\ntest:\n  secret_key_base: {}\n", random(HEX, 128, 26), random(HEX, 128, 27)), 2),
        ("django/settings.py", format!("DEBUG = True\nSECRET_KEY = '{}'\nALLOWED_HOSTS = []\n", random(SIGNS, 50, 28)), 1),
        ("js/salesforce.js", format!("const conn = new jsforce.Connection();\nconn.login('bob@shop.io', '{p}{}', done);\n", random(B62, 24, 29)), 1),
        ("js/firebase.json", format!("{{\n \"apiKey\": \"AIza{}\",\n \"authDomain\": \"shop.firebaseapp.com\"\n}}\n", random(B62, 35, 30)), 1),
        (".env", format!("APP_ENV=local\nAPP_KEY=base64:{}=\nDB_USERNAME=bob\nDB_PASSWORD={p}\nMAIL_PASSWORD={q}\n", random(B62, 43, 31)), 3),
        ("ventrilo_srv.ini", format!("[Server]\nName=shop\nPort=3784\nAdminPassword={p}\nPassword={q}\nMaxClients=8\n"), 2),
        ("config", format!("[section]\nuser = bob\npassword = {p}\nport = 22\n"), 1),
    ]
}

fn shells_and_keys() -> Vec<File> {
    let key = |kind: &str, seed: u64| {
        let body: String = (0..20).map(|line| random(B62, 64, seed + line) + "\n").collect();
        format!("-----BEGIN {kind}PRIVATE {}-----\n{body}-----END {kind}PRIVATE {}-----\n", "KEY", "KEY")
    };
    vec![
        (".bash_profile", format!("export PATH=$PATH:/x\nexport HOMEBREW_GITHUB_API_TOKEN={}\nexport DB_PASSWORD='{}'\n", github(60), pass(61)), 2),
        (".bashrc", format!("alias ll='ls -l'\nexport SLACK_TOKEN=\"xoxp-{}-{}-{}-{}\"\nexport MAIL_PASS={}\n", random("123456789", 11, 62), random("123456789", 11, 63), random("123456789", 11, 64), random(HEX, 32, 65), pass(66)), 2),
        ("ssh/id_rsa", key("RSA ", 70), 1),
        ("ssh/host_ecdsa", key("EC ", 91), 1),
        ("ssh/host_ed25519", key("OPENSSH ", 112), 1),
        ("ssh/id_rsa.pub", format!("ssh-rsa AAAA{} bob@shop\n", random(B62, 300, 133)), 0),
        ("keys/putty.ppk", format!("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 1\nAAAA{}\nPrivate-Lines: 1\n{}\nPrivate-MAC: {}\n", random(B62, 60, 134), random(B62, 64, 135), random(HEX, 40, 136)), 1),
        ("src/app.js", "const password = document.querySelector('#password').value;\nconst token = await getToken(user);\n".to_owned(), 0),
        ("README.txt", "Set the password in the settings. The token is in the vault.\n".to_owned(), 0),
    ]
}

#[test]
fn most_lines_with_secrets_are_found_and_hardly_any_is_added() {
    let (mut risks, mut hits, mut over) = (0, 0, 0);
    let mut missed = String::new();
    for (path, text, lines) in clients().into_iter().chain(server()).chain(shells_and_keys()) {
        let found: BTreeSet<u64> = sweep().scan(path, text.as_bytes()).iter().map(|secret| secret.line).collect();
        risks += lines;
        hits += found.len().min(lines);
        over += found.len().saturating_sub(lines);
        if found.len() != lines {
            missed.push_str(&format!("{path}: {} of {lines}; ", found.len()));
        }
    }
    assert!(hits * 100 >= risks * 95 && over <= 2, "{hits} of {risks} found, {over} added: {missed}");
}
