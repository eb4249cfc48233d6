package appliance;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xnio.XnioExecutor;

/** The directions and fences that docs/ARCHITECTURE.md draws. */
final class ArchitectureTest {

  private static final List<String> CAPABILITIES =
      List.of("cluster", "edge", "fastcgi", "files", "media", "replication", "peer", "admin");

  private static JavaClasses code;

  @BeforeAll
  static void read_the_code() {
    code = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("appliance");
  }

  @Test
  void model_imports_only_java() {
    classes()
        .that()
        .resideInAPackage("appliance.model")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "appliance.model", "org.jspecify..")
        .check(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"config", "status", "runtime", "trust", "buffer"})
  void the_ground_floor_knows_no_capability(String name) {
    noClasses()
        .that()
        .resideInAPackage("appliance." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(CAPABILITIES, ""))
        .check(code);
  }

  /** A package that is not there is known by nobody, so that its fences would hold for ever. */
  @Test
  void each_package_that_is_fenced_is_there() {
    for (String capability : CAPABILITIES) {
      assertTrue(code.containPackage("appliance." + capability), capability);
    }
  }

  @Test
  void capabilities_do_not_know_each_other() {
    for (String capability : CAPABILITIES) {
      noClasses()
          .that()
          .resideInAPackage("appliance." + capability + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(packages(CAPABILITIES, capability))
          .check(code);
    }
  }

  @Test
  void only_the_command_line_knows_the_node() {
    noClasses()
        .that()
        .resideOutsideOfPackages("appliance.node..", "appliance.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("appliance.node..")
        .check(code);
  }

  @Test
  void the_demo_knows_no_other_package() {
    noClasses()
        .that()
        .resideInAPackage("appliance.demo..")
        .should()
        .dependOnClassesThat(describe(
            "other packages",
            c -> c.getPackageName().startsWith("appliance.")
                && !c.getPackageName().startsWith("appliance.demo")))
        .allowEmptyShould(true)
        .check(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "org.jgroups.. | cluster.raft",
        "com.github.shyiko.. | replication",
        "io.undertow.. | edge,files,fastcgi,admin,peer,demo,trust,buffer",
        "org.xnio.. | edge,files,fastcgi,admin,peer,demo,trust,buffer",
        "java.sql.. | replication,demo",
        "org.h2.. | replication,media",
        "picocli.. | cli",
        "com.google.re2j.. | config",
        "com.aayushatharva.brotli4j.. | files",
        "com.sun.jna.. | media,runtime",
        "ch.qos.logback.. | runtime",
      })
  void a_library_stays_behind_its_fence(String library, String packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages(List.of(packages.split(",")), ""))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(code);
  }

  @Test
  void packages_have_no_cycles() {
    slices().matching("appliance.(*)..").should().beFreeOfCycles().check(code);
  }

  /** Each may know those before it; the composition, in the package itself, knows all. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cluster | state,raft,mastery,join",
        "edge |"
            + " http,log,tls,stats,io,write,upstream,hot,balance,exchange,proxy,health,client,site,compression,listener",
      })
  void the_packages_within_a_package_lie_one_upon_the_other(String name, String upwards) {
    String composition = "appliance." + name;
    List<String> above = new ArrayList<>(List.of(composition));
    List<String> floors = List.of(upwards.split(",", -1));
    for (int i = floors.size() - 1; i >= 0; i--) {
      String here = composition + "." + floors.get(i);
      noClasses()
          .that()
          .resideInAPackage(here)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(above.toArray(String[]::new))
          .check(code);
      above.add(here);
    }
    classes()
        .that()
        .resideInAPackage(composition + "..")
        .should()
        .resideInAnyPackage(above.toArray(String[]::new))
        .check(code);
  }

  /** It may jump; the records of operators bear it, and the age of clusters that are nobody's yet. */
  @Test
  void the_cluster_decides_nothing_by_the_clock_of_the_day() {
    noClasses()
        .that()
        .resideInAPackage("appliance.cluster..")
        .and()
        .haveSimpleNameNotContaining("OperatorAct")
        .and()
        .haveSimpleNameNotContaining("Joining")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .check(code);
  }

  @Test
  void nothing_static_changes() {
    fields().that().areStatic().should().beFinal().check(code);
  }

  /** They refuse it from when they end, and what is left over then is no error. */
  @Test
  void io_threads_are_given_something_to_do_in_one_way() {
    noClasses()
        .should()
        .callMethodWhere(describe(
            "an I/O thread is given something to do",
            (JavaMethodCall call) -> call.getTargetOwner().isAssignableTo(XnioExecutor.class)
                && Set.of("execute", "executeAfter").contains(call.getName())))
        .check(code);
  }

  @Test
  void names_come_from_the_field() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .resideInAnyPackage("..util..", "..common..", "..impl..")
        .check(code);
  }

  private static String[] packages(List<String> names, String except) {
    List<String> packages = new ArrayList<>();
    names.stream()
        .filter(name -> !name.equals(except))
        .forEach(name -> packages.add("appliance." + name + ".."));
    return packages.toArray(String[]::new);
  }
}
