//! `pom.xml`.

use super::super::{Beside, Kind};
use super::{alone, check, check_beside, parse};

#[test]
fn maven() {
    check(
        Kind::Maven,
        POM,
        &[
            "*org.x:set 2.17.0:26",
            "*org.x:managed 1.5:31",
            "*org.app:sister 1.0.0:35",
            "*junit:junit 4.12:50",
        ],
        &[
            (3, "`org.app:parent` are not on this machine"),
            (20, "`org.y:bom` are not on this machine"),
            (39, "`org.y:unset` has the version `${elsewhere}`"),
            (44, "the version of `org.y:none`"),
            (1, "does not name what its dependencies need"),
        ],
    );
    assert!(parse(Kind::Maven, POM).packages[3].development);
    assert!(Kind::Maven.parse("<project>", &alone).is_err());
    assert!(Kind::Maven.parse("<other/>", &alone).is_err());
    let circle = "<project><properties><a>${b}${b}</a><b>${a}${a}</b></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${a}</version></dependency></dependencies></project>";
    assert!(parse(Kind::Maven, circle).packages.is_empty());
    let bomb = "<!DOCTYPE p [<!ENTITY a \"b\">]><project/>";
    assert!(Kind::Maven.parse(bomb, &alone).is_err());
}

/// A project of two levels, and a repository with the parent of its parent and with a list of versions.
struct Around;

impl Beside for Around {
    fn file(&self, path: &str) -> Option<String> {
        let text = match path {
            "../pom.xml" => {
                "<project><parent><groupId>org.far</groupId><artifactId>far</artifactId><version>9</version></parent>\
                 <groupId>org.app</groupId><artifactId>top</artifactId><version>2.0</version>\
                 <properties><a.version>1.1</a.version><b.version>1.0</b.version></properties>\
                 <dependencyManagement><dependencies>\
                 <dependency><groupId>g</groupId><artifactId>b</artifactId><version>${b.version}</version></dependency>\
                 <dependency><groupId>g</groupId><artifactId>own</artifactId><version>${project.version}</version></dependency>\
                 <dependency><groupId>org.list</groupId><artifactId>list</artifactId><version>4</version><type>pom</type><scope>import</scope></dependency>\
                 </dependencies></dependencyManagement></project>"
            }
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn pom(&self, group: &str, artifact: &str, version: &str) -> Option<String> {
        let text = match (group, artifact, version) {
            ("org.far", "far", "9") => {
                "<project><artifactId>far</artifactId><properties><c.version>3.0</c.version><a.version>0.1</a.version></properties>\
                 <dependencyManagement><dependencies>\
                 <dependency><groupId>g</groupId><artifactId>c</artifactId><version>${c.version}</version></dependency>\
                 <dependency><groupId>g</groupId><artifactId>b</artifactId><version>0.0.1</version></dependency>\
                 </dependencies></dependencyManagement></project>"
            }
            ("org.list", "list", "4") => {
                "<project><artifactId>list</artifactId><properties><d.version>5.0</d.version></properties>\
                 <dependencyManagement><dependencies>\
                 <dependency><groupId>g</groupId><artifactId>d</artifactId><version>${d.version}</version></dependency>\
                 <dependency><groupId>g</groupId><artifactId>c</artifactId><version>9.9</version></dependency>\
                 </dependencies></dependencyManagement></project>"
            }
            _ => return None,
        };
        Some(text.to_owned())
    }
}

#[test]
fn versions_come_from_parents_and_lists() {
    let wanted = |names: &[&str]| {
        let all: Vec<String> = names
            .iter()
            .map(|name| {
                format!(
                    "<dependency><groupId>g</groupId><artifactId>{name}</artifactId></dependency>"
                )
            })
            .collect();
        all.join("\n")
    };
    let text = format!(
        "<project><parent><groupId>org.app</groupId><artifactId>top</artifactId><version>2.0</version></parent>\n\
         <artifactId>child</artifactId><properties><b.version>1.2</b.version><d.version>0</d.version></properties><dependencies>\n\
         <dependency><groupId>g</groupId><artifactId>a</artifactId><version>${{a.version}}</version></dependency>\n{}\n</dependencies></project>",
        wanted(&["b", "c", "d", "own"])
    );
    check_beside(
        Kind::Maven,
        &text,
        &Around,
        &[
            "*g:a 1.1:3",
            "*g:b 1.2:4",
            "*g:c 3.0:5",
            "*g:d 5.0:6",
            "*g:own 2.0:7",
        ],
        &[(1, "does not name what its dependencies need")],
    );
    // A parent that is its own, and a file that is another's parent.
    let own = |_: &str| {
        let text = "<project><parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version></parent><artifactId>a</artifactId></project>";
        Some(text.to_owned())
    };
    let circle = "<project><parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version></parent></project>";
    check_beside(Kind::Maven, circle, &own, &[], &[(1, "does not name")]);
    let other = |_: &str| Some("<project><artifactId>other</artifactId></project>".to_owned());
    check_beside(
        Kind::Maven,
        circle,
        &other,
        &[],
        &[(1, "`g:a` are not on this machine"), (1, "does not name")],
    );
}

pub(super) const POM: &str = r##"<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>org.app</groupId><artifactId>parent</artifactId><version>1.0.0</version></parent>
  <artifactId>app</artifactId>
  <properties>
    <log.version>2.17.${patch}</log.version>
    <patch>0</patch>
  </properties>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>org.x</groupId>
        <artifactId>managed</artifactId>
        <version>1.5</version>
      </dependency>
      <dependency>
        <groupId>org.y</groupId>

        <!-- a list of versions -->
        <artifactId>bom</artifactId><version>1</version><type>pom</type><scope>import</scope>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency><groupId>org.x</groupId>
      <artifactId>set</artifactId>
      <version>${log.version}</version>
    </dependency>
    <dependency>
      <groupId>org.x</groupId>
      <artifactId>managed</artifactId>
    </dependency>
    <dependency>
      <groupId>${project.groupId}</groupId>
      <artifactId>sister</artifactId>
      <version>${project.version}</version>
    </dependency>
    <dependency><groupId>org.y</groupId>
      <artifactId>unset</artifactId>
      <version>${elsewhere}</version>
    </dependency>
    <dependency>
      <groupId>org.y</groupId>
      <artifactId>none</artifactId>
    </dependency>
  </dependencies>
  <profiles><profile><dependencies>
    <dependency>
      <groupId>junit</groupId>
      <artifactId>junit</artifactId><version>4.12</version><scope>test</scope>
    </dependency>
  </dependencies></profile></profiles>
</project>
"##;
