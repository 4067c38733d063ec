package org.emslens.session;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** What this program is called and which version it is, as the build says. */
public final class Program {
  private Program() {}

  /** Name and version. */
  public static String title() {
    Properties p = new Properties();
    try (InputStream in = Program.class.getResourceAsStream("program.properties")) {
      p.load(in);
    } catch (IOException e) {
      throw new IllegalStateException("The program's own version cannot be read.", e);
    }
    return "EMS Lens " + p.getProperty("version");
  }
}
