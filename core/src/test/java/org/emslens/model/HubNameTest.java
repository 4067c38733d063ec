package org.emslens.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubNameTest {
  @ParameterizedTest
  @CsvSource({
    "/c/hub/models--org--name/snapshots/0123abcd, org/name",
    "/c/hub/models--org--a-b.c/snapshots/0123abcd, org/a-b.c",
    "/e/models/org--name, org/name",
    "/c/hub/models--gpt2/snapshots/0123abcd, gpt2",
    "/c/hub/models--org--name/snapshots/0123abcd/Q8_0/deep, org/name",
    "/e/my--stuff/models/x,",
    "/e/models/mine,",
    "/e/models/my-own,",
    "/org--name/deep/er/still,",
    "/,",
  })
  void foldersAreNamedAfterRepositories(Path folder, String name) {
    assertEquals(name, HubName.of(folder));
  }
}
