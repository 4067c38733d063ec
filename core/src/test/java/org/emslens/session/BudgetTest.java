package org.emslens.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How budgets are written. */
class BudgetTest {
  @ParameterizedTest
  @CsvSource({
    "5%, 0.05",
    "5 %, 0.05",
    "' 5 % ', 0.05",
    "0.05, 0.05",
    ".05, 0.05",
    "7%, 0.07",
    "0.1%, 0.001",
    "12.5 %, 0.125",
    "100%, 1",
    "1.0, 1",
    "1.0E-4, 1.0E-4"
  })
  void sharesHaveThreeForms(String written, double share) {
    assertEquals(Budget.share(share), Budget.parse(written));
  }

  @Test
  void wholeNumbersAreSlots() {
    assertEquals(Budget.slots(128), Budget.parse("128"));
    assertEquals(Budget.slots(1), Budget.parse("1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "%",
        "0",
        "0%",
        "101%",
        "1.5",
        "-5%",
        "-4",
        "5 percent",
        "NaN",
        "0x1p-3",
        "0.5f",
        "5%%",
        "1e-99999999"
      })
  void anythingElseIsRefusedWithAllForms(String written) {
    var e = assertThrows(IllegalArgumentException.class, () -> Budget.parse(written));
    assertTrue(e.getMessage().startsWith("budget is '" + written + "'; expected "), e.getMessage());
    assertTrue(e.getMessage().contains("128"), e.getMessage());
    assertTrue(e.getMessage().contains("5 % or 0.05"), e.getMessage());
  }
}
