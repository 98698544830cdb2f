import org.junit.Test

class JenkinsfileTest extends DeclarativePipelineTest {
    static final STAGES = ['Checkout', 'Setup', 'Train Models', 'Test', 'Build', 'Push', 'Deploy', 'Health Check', 'Smoke Test', 'Rollout']
    static final REGISTRY = [REGISTRY: 'registry.example/', ROLLOUT: 'v2']

    @Test
    void 'all stages run in order when there is a registry'() {
        assert runPipeline(REGISTRY) == 'SUCCESS'
        assert stagesRun == STAGES
    }

    @Test
    void 'each stage runs the one script of its name'() {
        runPipeline(REGISTRY)
        assert scripts == STAGES.collect { "jenkins/stages/${it.toLowerCase().replace(' ', '-')}.sh".toString() }
        scripts.each { assert new File('../..', it).canExecute() }
    }

    @Test
    void 'nothing is pushed without a registry'() {
        runPipeline()
        assert stagesRun == STAGES - 'Push' - 'Rollout'
        assert !log.contains('credentials registry')
    }

    @Test
    void 'a push can be skipped'() {
        runPipeline(REGISTRY + [SKIP_PUSH: true])
        assert stagesRun == STAGES - 'Push'
    }

    @Test
    void 'the push alone sees the registry credentials'() {
        runPipeline(REGISTRY)
        assert log.indexOf('credentials registry') == log.indexOf('sh jenkins/stages/push.sh') - 1
    }

    @Test
    void 'production waits for approval between push and deploy'() {
        runPipeline(REGISTRY + [DEPLOY_ENV: 'production'])
        def asked = log.findIndexOf { it.startsWith('input ') }
        assert log.indexOf('sh jenkins/stages/push.sh') < asked
        assert asked == log.indexOf('sh jenkins/stages/deploy.sh') - 1
    }

    @Test
    void 'staging needs no approval'() {
        runPipeline(DEPLOY_ENV: 'staging')
        assert !log.any { it.startsWith('input ') }
    }

    @Test
    void 'a refusal leaves the running version untouched'() {
        helper.registerAllowedMethod('input', [Map]) { Map question -> throw new RuntimeException('Rejected by somebody') }
        runPipeline(DEPLOY_ENV: 'production')
        assert !scripts.contains('jenkins/stages/deploy.sh')
        assert !stagesRun.contains('Health Check')
    }

    @Test
    void 'a deploy, health check or smoke test that fails is rolled back once and fails the build with its cause'() {
        ['Deploy', 'Health Check', 'Smoke Test'].each { stage ->
            [scripts, stagesRun, log, failing]*.clear()
            build.result = 'SUCCESS'
            failing << "jenkins/stages/${stage.toLowerCase().replace(' ', '-')}.sh".toString()
            assert runPipeline() == 'FAILURE'
            assert stagesRun.last() == stage
            assert scripts.takeRight(2) == [failing.first(), 'jenkins/stages/rollback.sh']
            assert build.description == 'contents of reports/failure.txt'
        }
    }

    @Test
    void 'a rollout that fails is the failure of the build, and the deploy stays'() {
        failing << 'jenkins/stages/rollout.sh'
        assert runPipeline(ROLLOUT: 'v2') == 'FAILURE'
        assert stagesRun.last() == 'Rollout'
        assert !scripts.contains('jenkins/stages/rollback.sh')
        assert build.description == 'contents of reports/failure.txt'
    }

    @Test
    void 'a failure before the deploy is not rolled back'() {
        ['Setup', 'Train Models', 'Test', 'Build'].each { stage ->
            [scripts, stagesRun, failing]*.clear()
            build.result = 'SUCCESS'
            failing << "jenkins/stages/${stage.toLowerCase().replace(' ', '-')}.sh".toString()
            assert runPipeline() == 'FAILURE'
            assert stagesRun.last() == stage
            assert !scripts.contains('jenkins/stages/rollback.sh')
        }
    }

    @Test
    void 'weights, registry, tag, skip-push and environment are parameters and reach the scripts'() {
        runPipeline(MODEL_V1_WEIGHT: '90', MODEL_V2_WEIGHT: '10', REGISTRY: 'r/', TAG: 'v7', SKIP_PUSH: true, DEPLOY_ENV: 'production', ROLLOUT: 'v2')
        assert parametersDeclared.collectEntries { [it.key, it.value.kind] } == [
            MODEL_V1_WEIGHT: 'string', MODEL_V2_WEIGHT: 'string', REGISTRY: 'string', TAG: 'string',
            SKIP_PUSH: 'booleanParam', ROLLOUT: 'string', DEPLOY_ENV: 'choice',
        ]
        assert parametersDeclared.DEPLOY_ENV.choices == ['staging', 'production']
        assert environmentGiven.collectEntries { [it.key, it.value.toString()] } == [
            COMPOSE_PROJECT_NAME: 'coppice', MODEL_V1_WEIGHT: '90', MODEL_V2_WEIGHT: '10', REGISTRY: 'r/', TAG: 'v7',
            SKIP_PUSH: 'true', DEPLOY_ENV: 'production', ROLLOUT: 'v2',
        ]
    }

    @Test
    void 'every stage and the whole have a time limit, builds run one at a time and old ones are discarded'() {
        runPipeline(REGISTRY)
        assert agents == ['docker']
        assert timeouts.keySet() == (STAGES + 'pipeline') as Set
        assert pipelineOptions.containsKey('disableConcurrentBuilds')
        assert pipelineOptions.buildDiscarder[0].numToKeepStr.toInteger() > 0
    }

    @Test
    void 'test results and coverage are published when the tests fail too'() {
        failing << 'jenkins/stages/test.sh'
        runPipeline()
        assert log.contains('junit reports/junit/*.xml')
        assert log.contains('coverage reports/coverage/cobertura-coverage.xml')
    }

    @Test
    void 'models, reports and SBOMs are archived'() {
        runPipeline()
        def archived = log.findAll { it.startsWith('archive ') }.join(' ')
        ['reports/models.tar.gz', 'reports/junit/**', 'reports/coverage/**', 'reports/sbom/*.json'].each { assert archived.contains(it) }
    }
}
