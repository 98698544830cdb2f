import com.lesfurets.jenkins.unit.BasePipelineTest
import org.junit.Before

/**
 * The declarative directives, which JenkinsPipelineUnit 1.1, the newest on Maven Central, lacks. A directive in a place
 * where Jenkins would refuse it fails the test, as does a step that is not registered.
 */
abstract class DeclarativePipelineTest extends BasePipelineTest {
    protected final List<String> stagesRun = []
    protected final List<String> scripts = []
    protected final List<String> log = []
    protected final Map<String, Map> parametersDeclared = [:]
    protected final Map<String, Object> environmentGiven = [:]
    protected final Map<String, List<Map>> timeouts = [:].withDefault { [] }
    protected final Map<String, List> pipelineOptions = [:]
    protected final List<String> agents = []
    /** Scripts that exit with another status than 0. */
    protected final Set<String> failing = []
    /** What Jenkins' own settings put into the environment of builds. */
    protected final Map<String, Object> env = [:]
    protected final Set<String> missingFiles = []
    protected final Map build = [result: 'SUCCESS', description: null]
    protected final List<String> within = []
    protected Map block

    @Override
    @Before
    void setUp() throws Exception {
        scriptRoots = ['../..'] as String[]
        super.setUp()
        directives()
        options()
        steps()
        binding.setVariable('currentBuild', build)
        binding.setVariable('env', env)
        binding.setVariable('scm', [:])
    }

    /** Runs the Jenkinsfile with the declared defaults and these parameters over them; returns the build's result. */
    protected String runPipeline(Map parameters = [:]) {
        binding.setVariable('params', parameters)
        runScript('jenkins/Jenkinsfile')
        build.result
    }

    protected void directives() {
        directive('pipeline', []) { Closure body -> runBlock(body, 'pipeline', null) }
        directive('agent', ['pipeline', 'stage']) { Closure body -> inside('agent', body) }
        register('label', [String]) { String label -> expectIn('label', 'agent'); agents << label }
        directive('parameters', ['pipeline']) { Closure body ->
            inside('parameters', body)
            def given = binding.getVariable('params')
            binding.setVariable('params', parametersDeclared.collectEntries { name, declared ->
                [name, declared.containsKey('choices') ? declared.choices[0] : declared.defaultValue]
            } + given)
            // Jenkins puts them into the environment, where they hide its own settings of the same names
            env.putAll(binding.getVariable('params').collectEntries { name, value -> [name, value.toString()] })
        }
        ['string', 'booleanParam', 'choice'].each { kind ->
            register(kind, [Map]) { Map declared -> expectIn(kind, 'parameters'); parametersDeclared[declared.name] = declared + [kind: kind] }
        }
        directive('environment', ['pipeline', 'stage']) { Closure body ->
            body.delegate = new Assignments(to: environmentGiven)
            body.resolveStrategy = Closure.DELEGATE_FIRST
            body()
            env.putAll(environmentGiven.collectEntries { [it.key, it.value.toString()] })
        }
        directive('options', ['pipeline', 'stage']) { Closure body -> inside('options', body) }
        directive('stages', ['pipeline']) { Closure body -> inside('stages', body) }
        register('stage', [String, Closure]) { String name, Closure body -> expectIn('stage', 'stages'); runBlock(body, 'stage', name) }
        directive('when', ['stage']) { Closure body -> block.wanted = block.wanted && inside('when', body) }
        directive('expression', ['when']) { Closure body -> body() as boolean }
        directive('steps', ['stage']) { Closure body -> block.steps = body }
        directive('post', ['pipeline', 'stage']) { Closure body -> inside('post', body) }
        ['always', 'success', 'failure'].each { condition ->
            directive(condition, ['post']) { Closure body -> block[condition] = body }
        }
    }

    protected void options() {
        ['disableConcurrentBuilds', 'skipDefaultCheckout', 'timestamps'].each { option ->
            register(option, []) { -> expectIn(option, 'options'); pipelineOptions[option] = [] }
        }
        register('logRotator', [Map]) { Map kept -> kept }
        register('buildDiscarder', [Object]) { kept -> expectIn('buildDiscarder', 'options'); pipelineOptions.buildDiscarder = [kept] }
        register('timeout', [Map]) { Map limit -> expectIn('timeout', 'options'); timeouts[block.name ?: 'pipeline'] << limit }
    }

    protected void steps() {
        register('timeout', [Map, Closure]) { Map limit, Closure body -> expectIn('timeout', 'steps'); timeouts[block.name] << limit; body() }
        register('checkout', [Map]) { Map source -> step('checkout') }
        register('sh', [String]) { String script ->
            step("sh $script")
            scripts << script
            if (script in failing) throw new RuntimeException("script returned exit code 1")
        }
        register('input', [Map]) { Map question -> step("input ${question.message}"); 'alice' }
        register('echo', [String]) { String text -> step("echo $text") }
        register('fileExists', [String]) { String file -> !(file in missingFiles) }
        register('readFile', [String]) { String file -> "contents of $file\n".toString() }
        register('junit', [Map]) { Map what -> step("junit ${what.testResults}") }
        register('recordCoverage', [Map]) { Map what -> step("coverage ${what.tools[0].pattern}") }
        register('archiveArtifacts', [Map]) { Map what -> step("archive ${what.artifacts}") }
        register('usernamePassword', [Map]) { Map what -> what }
        register('withCredentials', [List, Closure]) { List credentials, Closure body -> step("credentials ${credentials*.credentialsId.join(' ')}"); body() }
        register('script', [Closure]) { Closure body -> expectIn('script', 'steps'); body() }
    }

    /** A pipeline or a stage: reads its directives, runs its steps, then the block of `post` for the outcome. */
    protected void runBlock(Closure body, String kind, String name) {
        def outer = block
        block = [name: name, wanted: true]
        def mine = block
        def failure = null
        try {
            if (outer?.failed) return
            within << kind
            body()
            within.removeLast()
            if (kind == 'stage' && mine.wanted) {
                stagesRun << name
                try { inside('steps', mine.steps as Closure) } catch (RuntimeException thrown) { failure = thrown }
                if (failure) build.result = 'FAILURE'
            }
            def outcome = kind == 'stage' ? (failure ? 'failure' : 'success') : (build.result == 'SUCCESS' ? 'success' : 'failure')
            if (mine.wanted) ['always', outcome].each { if (mine[it]) inside('steps', mine[it] as Closure) }
        } finally {
            block = outer
            if (outer && (failure || mine.failed)) outer.failed = true
        }
    }

    protected Object inside(String place, Closure body) {
        within << place
        try { body() } finally { within.removeLast() }
    }

    protected void step(String text) { expectIn(text, 'steps'); log << text }

    protected void expectIn(String what, Object places) {
        assert within && within.last() in [places].flatten(): "$what stands in ${within ? within.last() : 'nothing'}, not in $places"
    }

    protected void directive(String name, List<String> places, Closure does) {
        register(name, [Closure]) { Closure body ->
            if (places) expectIn(name, places)
            does(body)
        }
    }

    protected void register(String name, List<Class> types, Closure does) { helper.registerAllowedMethod(name, types, does) }
}

/** Collects `NAME = value` of a block; the variables that the block reads come from elsewhere. */
class Assignments {
    Map<String, Object> to

    void propertyMissing(String name, Object value) { to[name] = value }

    Object propertyMissing(String name) { throw new MissingPropertyException(name, Assignments) }
}
