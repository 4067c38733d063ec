package org.emslens.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls of the house: data walks one way, and nothing below knows what is above it. */
@AnalyzeClasses(packages = "org.emslens", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] CORE = {
    "org.emslens.hub..",
    "org.emslens.format..",
    "org.emslens.model..",
    "org.emslens.text..",
    "org.emslens.device..",
    "org.emslens.engine..",
    "org.emslens.cache..",
    "org.emslens.session..",
    "org.emslens.experiment..",
    "org.emslens.cli..",
    "org.emslens.math.."
  };

  @ArchTest
  static final ArchRule coreKnowsNoScreen =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("javafx..", "org.emslens.app..");

  @ArchTest
  static final ArchRule mathKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("org.emslens.math..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.emslens.cache..",
              "org.emslens.engine..",
              "org.emslens.session..",
              "org.emslens.model..");

  @ArchTest
  static final ArchRule policiesKnowNoEngine =
      noClasses()
          .that()
          .resideInAPackage("org.emslens.cache..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.emslens.device..",
              "org.emslens.engine..",
              "org.emslens.session..",
              "org.emslens.model..",
              "org.nd4j..");

  @ArchTest
  static final ArchRule devicesKnowNoForwardPass =
      noClasses()
          .that()
          .resideInAPackage("org.emslens.device..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.emslens.engine..", "org.emslens.session..", "org.emslens.text..");

  /** A device is opened by its provider; only recordings, which need none, use host memory. */
  @ArchTest
  static final ArchRule nobodyKnowsWhichDeviceItIs =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.emslens.device..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.emslens.device.cpu..").and(not(simpleName("HostPrompt"))));

  @ArchTest
  static final ArchRule enginesKnowNoSessions =
      noClasses()
          .that()
          .resideInAPackage("org.emslens.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.emslens.session..", "org.emslens.experiment..", "org.emslens.cli..");

  @ArchTest
  static final ArchRule nd4jStaysInItsFolder =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.emslens.device.cpu..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..");

  @ArchTest
  static final ArchRule sessionsKnowNoCommandLine =
      noClasses()
          .that()
          .resideInAnyPackage("org.emslens.session..", "org.emslens.experiment..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.emslens.cli..");

  @ArchTest
  static final ArchRule viewModelsKnowNoControls =
      classes()
          .that()
          .resideInAPackage("org.emslens.app..")
          .and()
          .haveSimpleNameEndingWith("Model")
          .or()
          .haveSimpleName("Lens")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("javafx.scene..", "javafx.stage..", "org.controlsfx..");

  @ArchTest
  static final ArchRule controlsKnowNobody =
      noClasses()
          .that()
          .resideInAPackage("org.emslens.app.controls..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.emslens.app..")
                  .and(not(resideInAPackage("org.emslens.app.controls.."))));

  @ArchTest
  static final ArchRule whatFeaturesShareKnowsNoFeature =
      noClasses()
          .that()
          .resideInAPackage("org.emslens.app.lens..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.emslens.app..")
                  .and(
                      not(
                          resideInAnyPackage(
                              "org.emslens.app.lens..", "org.emslens.app.controls.."))));

  @ArchTest
  static final ArchRule nobodyCallsMain =
      noClasses()
          .that()
          .resideInAPackage("org.emslens.app..")
          .and()
          .resideOutsideOfPackage("org.emslens.app.main..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.emslens.app.main..");

  @ArchTest
  static final ArchRule onlyMainDrives =
      noClasses()
          .that()
          .resideInAPackage("org.emslens.app..")
          .and()
          .resideOutsideOfPackages("org.emslens.app.main..", "org.emslens.app.drive..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.emslens.app.drive..");

  @ArchTest
  static final ArchRule noCircles =
      slices().matching("org.emslens.app.(*)..").should().beFreeOfCycles();
}
