package org.emslens.cli;

import org.emslens.session.Program;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line's root. */
@Command(
    name = "emslens",
    mixinStandardHelpOptions = true,
    versionProvider = Emslens.Version.class,
    description =
        "Runs a language model and shows, or measures, what compressing its KV cache does.",
    subcommands = {
      ModelsCommand.class,
      GetCommand.class,
      InfoCommand.class,
      TokensCommand.class,
      DevicesCommand.class,
      RunCommand.class,
      LogitsCommand.class,
      DriftCommand.class,
      CompressCommand.class,
      SweepCommand.class,
      NeedleCommand.class,
      BenchCommand.class
    })
public final class Emslens implements Runnable {
  @Spec private CommandSpec spec;

  /** As the build says. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Program.title()};
    }
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "A command is missing; 'emslens --help' lists them.");
  }

  /**
   * The command line with its manners: errors are one sentence on stderr, exit code 2 for wrong
   * usage and 1 for failure.
   */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Emslens());
    line.setOut(Arguments.writer(System.out));
    line.setErr(Arguments.writer(System.err));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionStrategy(Emslens::execute);
    line.setParameterExceptionHandler(
        (e, args) -> {
          e.getCommandLine().getErr().println("emslens: " + Usage.sentence(e, args));
          return CommandLine.ExitCode.USAGE;
        });
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          command.getErr().println("emslens: " + Failures.sentence(e));
          Failures.log(e);
          return e instanceof IllegalArgumentException
              ? CommandLine.ExitCode.USAGE
              : CommandLine.ExitCode.SOFTWARE;
        });
    return line;
  }

  /** Memory that runs out is a failure like others, with a sentence of its own. */
  private static int execute(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError e) {
      throw new ExecutionException(parsed.commandSpec().commandLine(), Failures.sentence(e), e);
    }
  }

  /**
   * Runs a command as it was typed and tells its exit code.
   *
   * @param args as Java gives them
   */
  public static int execute(CommandLine line, String[] args) {
    try {
      return line.execute(Arguments.decoded(args));
    } catch (IllegalArgumentException e) {
      line.getErr().println("emslens: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
  }

  /** Runs a command and ends the process with its exit code; ND4J's threads would keep it alive. */
  public static void main(String[] args) {
    System.exit(execute(commandLine(), args));
  }
}
